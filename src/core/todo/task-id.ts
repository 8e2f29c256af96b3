import type { TaskId } from '../types.ts';

/** What a task is known by, its ordinal aside. A parent stands before its children. */
export interface Named {
	readonly text: string;
	readonly parent: Named | null;
	readonly breadcrumb: readonly string[];
}

/**
 * The id of each task of a list, and how many share its text, parents and headings; in the order of the list. State,
 * bullet, details, runs of white space and the order of different tasks change none.
 */
export function taskIds(tasks: readonly Named[]): TaskName[] {
	const keys = keysOf(tasks);
	const counts = new Map<string, number>();
	const ids = keys.map((key) => {
		const before = counts.get(key) ?? 0;
		counts.set(key, before + 1);
		return (before === 0 ? key : hash(`${key} ${before}`)) as TaskId;
	});
	return keys.map((key, index) => ({ id: ids[index]!, equals: counts.get(key)! }));
}

export interface TaskName {
	readonly id: TaskId;
	readonly equals: number;
}

/** Of each task, a hash of all that it shares with its equals. */
function keysOf(tasks: readonly Named[]): string[] {
	const headings = new Map<readonly string[], string>();
	// Most tasks are nobody's parent: only what is looked up again is kept.
	const parents = new Map<Named | null, string>(tasks.map(({ parent }) => [parent, '']));
	return tasks.map((task) => {
		const above = headings.get(task.breadcrumb) ?? hash(JSON.stringify(task.breadcrumb.map(oneSpaced)));
		headings.set(task.breadcrumb, above);
		const key = hash(`${above} ${parents.get(task.parent)} ${oneSpaced(task.text)}`);
		if (parents.has(task)) parents.set(task, key);
		return key;
	});
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
