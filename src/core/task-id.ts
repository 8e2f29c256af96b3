import type { TaskId } from './types.ts';

/** What a task is known by, its ordinal aside. A parent stands before its children. */
export interface Named {
	readonly text: string;
	readonly parent: Named | null;
	readonly breadcrumb: readonly string[];
}

/**
 * The id of each task of a list, and how many share its text, parents and headings. State, bullet, details, runs of white
 * space and the order of different tasks change none.
 */
export function taskIds(tasks: readonly Named[]): Map<Named, TaskName> {
	const keys = keysOf(tasks);
	const counts = new Map<string, number>();
	const ids = tasks.map((task) => {
		const key = keys.get(task)!;
		const before = counts.get(key) ?? 0;
		counts.set(key, before + 1);
		return (before === 0 ? key : hash(`${key} ${before}`)) as TaskId;
	});
	return new Map(
		tasks.map((task, index) => [task, { id: ids[index]!, equals: counts.get(keys.get(task)!)! }]),
	);
}

export interface TaskName {
	readonly id: TaskId;
	readonly equals: number;
}

/** Of each task, a hash of all that it shares with its equals. */
function keysOf(tasks: readonly Named[]): Map<Named, string> {
	const keys = new Map<Named, string>();
	const headings = new Map<readonly string[], string>();
	for (const task of tasks) {
		const above = headings.get(task.breadcrumb) ?? hash(JSON.stringify(task.breadcrumb.map(oneSpaced)));
		headings.set(task.breadcrumb, above);
		const parent = task.parent === null ? '' : keys.get(task.parent);
		keys.set(task, hash(`${above} ${parent} ${oneSpaced(task.text)}`));
	}
	return keys;
}

function oneSpaced(text: string): string {
	return /\s\s|[^\S ]/.test(text) ? text.trim().replace(/\s+/g, ' ') : text;
}

/** 53 bits of a text as 14 hex digits: two lanes of multiply and xor, mixed at the end. Not for secrets. */
function hash(text: string): string {
	let low = 0x9e3779b9;
	let high = 0x85ebca6b;
	for (let at = 0; at < text.length; at++) {
		const unit = text.charCodeAt(at);
		low = Math.imul(low ^ unit, 0x9e3779b1);
		high = Math.imul(high ^ unit, 0x5f356495);
	}
	low = mix(low, high);
	high = mix(high, low);
	return hex(high & 0x1fffff, 6) + hex(low, 8);
}

function mix(lane: number, other: number): number {
	return Math.imul(lane ^ (lane >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
}

function hex(lane: number, digits: number): string {
	return (lane >>> 0).toString(16).padStart(digits, '0');
}
