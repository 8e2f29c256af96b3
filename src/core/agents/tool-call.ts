import { object, string } from './fields.ts';

/** A tool call in words, as the agent wrote them: its name and what of its input tells most, `Bash npm test`. '': no name. */
export function toolWords(name: unknown, input: unknown): string {
	const fields = object(input);
	const told = TELLING.map((key) => string(fields[key])).find((text) => text);
	const words = [string(name), told].map((text) => text?.slice(0, LONGEST) ?? '');
	return words[0] === '' ? '' : words.join(' ').trim();
}

/**
 * What a session does, by the words of its open tool calls and of its last one: the call that was opened last, or, where
 * none is open, `after` the last one. null: none was told of.
 */
export function toolNow(open: ReadonlyMap<string, string>, last: string): string | null {
	const now = [...open.values()].findLast((words) => words !== '');
	return now ?? (last === '' ? null : `after ${last}`);
}

/** Of each agent's tools, the first that is there: a search is known by what is searched for. */
const TELLING = [
	'command',
	'pattern',
	'file_path',
	'filePath',
	'absolute_path',
	'path',
	'dir_path',
	'query',
	'url',
	'description',
];

/** In characters; an input can hold whole files. */
const LONGEST = 500;
