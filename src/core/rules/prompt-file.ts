import { UserError } from '../errors.ts';
import { splitFrontMatter, type FrontMatter } from './front-matter.ts';
import { duration, mapping, readerOf, text, texts, unexpected, type Read, type Source } from './keys.ts';
import { lineEnd } from '../todo/lines.ts';
import { nearest } from './nearest.ts';
import type { Hole, Prompt, Role } from '../types.ts';

/** Each is a file of prompts/. */
export const ROLES: readonly Role[] = ['worker', 'reviewer', 'planner', 'consolidator'];

/**
 * One file of prompts/. `name` is its file name without `.md`, `file` names it in messages. Throws a `UserError` with the
 * line for an unknown name, key or hole, or a value of the wrong type.
 */
export function parsePrompt(name: string, file: string, whole: string): Prompt {
	const front = splitFrontMatter(file, whole);
	const source: Source = { file, front, noun: 'key of a prompt', notices: [] };
	const read = readerOf(source, front.data, KEYS);
	checkHoles(file, front);
	return {
		name,
		role: roleOf(name, file),
		agent: read('agent', text, 'claude'),
		model: read('model', texts, []),
		fallback: read('fallback', texts, []),
		idle: read('idle', duration, 15 * MINUTE),
		limit: read('limit', duration, 90 * MINUTE),
		args: read('args', words, []),
		env: read('env', envIn(front), {}),
		body: front.body,
	};
}

/** Fills the holes of a prompt's body in one pass: what is put in is not searched for holes. No value: nothing is put in. */
export function fillPrompt(body: string, values: Readonly<Partial<Record<Hole, string>>>): string {
	return body.replace(HOLE, (written, name: string) => (isHole(name) ? (values[name] ?? '') : written));
}

function roleOf(name: string, file: string): Role {
	const role = name.startsWith('reviewer-') ? 'reviewer' : ROLES.find((each) => each === name);
	if (role === undefined) {
		throw new UserError({
			what: `${file}: there is no prompt of this name.`,
			why: `The nearest one is ${nearest(name, ROLES)}.md.`,
			fix: `Prompts are ${ROLES.map((each) => `${each}.md`).join(', ')}, and reviewer-ANYTHING.md.`,
		});
	}
	return role;
}

function checkHoles(file: string, { body, bodyLine }: FrontMatter): void {
	for (const { 0: written, 1: name, index } of body.matchAll(HOLE)) {
		if (!isHole(name!)) {
			const line = bodyLine + body.slice(0, index).split(lineEnd).length - 1;
			throw new UserError({
				what: `${file}:${line}: there is nothing to put into ${written}.`,
				why: `The nearest hole is {{${nearest(name!, HOLES)}}}.`,
				fix: `Write one of: ${HOLES.map((hole) => `{{${hole}}}`).join(' ')}.`,
			});
		}
	}
}

/** Arguments; numbers and the like stand for their text. */
const words: Read<readonly string[]> = (field) => {
	const list: readonly unknown[] = Array.isArray(field.value) ? field.value : [field.value];
	return texts({ ...field, value: list.map((each) => (isPlain(each) ? String(each) : each)) });
};

function envIn(front: FrontMatter): Read<Prompt['env']> {
	return (field) => {
		const entries = Object.entries(mapping(field)).map(([name, value]) => {
			if (typeof value === 'string' || value === null) {
				return [name, value] as const;
			}
			if (!isPlain(value)) {
				throw unexpected(
					{ ...field, where: `${field.where}.${name}`, value },
					'a text, or null to remove it',
				);
			}
			// As written: YAML reads 1.10 as 1.1 and 010 as 8.
			return [name, front.raw(name, 'env') ?? String(value)] as const;
		});
		return Object.fromEntries(entries);
	};
}

function isPlain(value: unknown): value is number | boolean | Date {
	return typeof value === 'number' || typeof value === 'boolean' || value instanceof Date;
}

function isHole(name: string): name is Hole {
	return HOLES.some((hole) => hole === name);
}

const HOLE = /\{\{[ \t]*([\w.-]+)[ \t]*\}\}/g;
const KEYS = ['agent', 'model', 'fallback', 'idle', 'limit', 'args', 'env'];
const MINUTE = 60_000;

const HOLES: readonly Hole[] = [
	'task',
	'details',
	'breadcrumb',
	'todo',
	'memory',
	'findings',
	'checks',
	'base',
	'candidate',
	'diffstat',
	'changes',
	'nonce',
	'spec',
];
