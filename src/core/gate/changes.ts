import { kindsOf } from './path-kinds.ts';
import { cut } from '../plain.ts';
import type { Change, WeakenedTest } from '../types.ts';

/** A change, and what a look into both of its sides told. */
export interface DetailedChange extends Change {
	/** Of a deleted file: the new one that has the same content. */
	readonly movedTo?: string;
	/** Of a package.json: what differs, such as `version` or `scripts.test`. */
	readonly keys?: readonly string[];
	/** Of a file with tests: why what is done to them is not known. */
	readonly unread?: 'too large';
	/** Of a binary file: how large it is, or was. */
	readonly bytes?: number;
}

/** A table of the changes as `git diff --stat` draws it, with `(new)` and `(gone)`; at most 60 lines, totals last. */
export function diffstat(changes: readonly Change[]): string {
	const shown = changes.length > 59 ? changes.slice(0, 58) : changes;
	const most = Math.max(...shown.map(lines));
	const names = shown.map(({ path, status }) => `${shownPath(path)}${marks[status]}`);
	const width = Math.min(60, Math.max(...names.map((name) => name.length)));
	const bars = shown.map((change) => bar(change, most));
	const rows = names.map((name, i) => ` ${name.padEnd(width)} | ${bars[i]}`);
	const more = changes.length > shown.length ? [` … and ${changes.length - shown.length} more`] : [];
	return [...rows, ...more, totals(changes)].join('\n');
}

/**
 * The facts of a candidate that its task must justify, one line each: first as paths, modes and sizes tell them, then
 * what is done to tests. Of one kind at most 20 are named, so that many of one cannot bury another. '' when there is none.
 */
export function changesReport(changes: readonly DetailedChange[], weakened: readonly WeakenedTest[]): string {
	const facts: readonly (readonly [kind: string, what: string])[] = [
		...changes.flatMap((change) =>
			factsOf(change).map((kind) => [kind, `${shownPath(change.path)} (${how(change)})`] as const),
		),
		...weakened.map((test) => [weakenings[test.how], weakenedWords(test)] as const),
	];
	const byKind = new Map<string, string[]>();
	for (const [kind, what] of facts) {
		byKind.set(kind, [...(byKind.get(kind) ?? []), `- ${kind}: ${what}`]);
	}
	return [...byKind].flatMap(([kind, facts]) => firstOf(kind, facts)).join('\n');
}

/**
 * True of a file, at any depth, that agents take instructions, settings, hooks or tools from. Case is set aside, as file
 * systems do that. Those of every agent that is known by name: opencode loads plugins from them, copilot and qwen run hooks.
 */
export function isInstructions(path: string): boolean {
	const known = path.toLowerCase();
	return known.split('/').some((name) => instructions.has(name)) || copilots.test(known);
}

/** A path on one line, quoted where it holds more than printable characters: in a candidate, names are untrusted. */
export function shownPath(path: string): string {
	const shown = escaped(path);
	return cut(shown === path ? path : `"${shown}"`, 300);
}

function escaped(text: string, odd = /[\p{C}\p{Zl}\p{Zp}"\\]/gu): string {
	return text.replaceAll(odd, (char) => `\\u{${Number(char.codePointAt(0)).toString(16)}}`);
}

/** A line as data: on one line, in quotes whatever it says. */
function quoted(line: string): string {
	return `"${escaped(line.replaceAll(/["\\]/g, String.raw`\$&`), /[\p{C}\p{Zl}\p{Zp}]/gu)}"`;
}

const marks = { added: ' (new)', deleted: ' (gone)', modified: '', 'type-changed': ' (type)' } as const;

function lines(change: Change): number {
	return sum([change.added, change.deleted]);
}

function bar(change: Change, most: number): string {
	const scale = Math.min(1, 30 / most);
	const drawn = (sign: string, count: number | null) => sign.repeat(Math.ceil(sum([count]) * scale));
	return change.added === null
		? 'Bin'
		: `${lines(change)} ${drawn('+', change.added)}${drawn('-', change.deleted)}`.trimEnd();
}

function totals(changes: readonly Change[]): string {
	const files = changes.length === 1 ? '1 file' : `${changes.length} files`;
	return ` ${files} changed, +${sum(changes.map(({ added }) => added))} -${sum(changes.map(({ deleted }) => deleted))}`;
}

function sum(counts: readonly (number | null)[]): number {
	return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

function factsOf(change: DetailedChange): string[] {
	const { path, status, oldMode, newMode, added, unread, bytes = 0 } = change;
	const kinds = kindsOf(path).flatMap((kind) => kindFact(kind, change));
	const facts: [string, boolean][] = [
		['agent instructions', isInstructions(path)],
		['nested repository or submodule', oldMode === '160000' || newMode === '160000'],
		['symbolic link', oldMode === '120000' || newMode === '120000'],
		['file mode', status === 'modified' && oldMode !== newMode],
		['test file too large to look into', unread === 'too large'],
		['binary file', added === null],
		['very large change', lines(change) > veryLarge.lines || bytes > veryLarge.bytes],
	];
	return [...kinds, ...facts.filter(([, holds]) => holds).map(([fact]) => fact)];
}

const veryLarge = { lines: 2000, bytes: 1_000_000 }; // more than a reviewer reads with care

function kindFact(kind: string, change: DetailedChange): string[] {
	if (kind === 'package manifest or scripts' && change.keys) {
		return [change.keys.some((key) => key.startsWith('scripts.')) ? 'package script' : 'package manifest'];
	}
	if (kind !== 'test') {
		return [kind];
	}
	if (change.status === 'deleted') {
		return [change.movedTo === undefined ? 'test deleted' : 'test moved'];
	}
	return sum([change.deleted]) - sum([change.added]) >= 5 ? ['test shrunk'] : [];
}

function how({ status, added, deleted, oldMode, newMode, movedTo, keys, bytes }: DetailedChange): string {
	const isInBoth = status !== 'added' && status !== 'deleted';
	return [
		status,
		...(isInBoth && oldMode !== newMode ? [`${oldMode} to ${newMode}`] : []),
		...(added === null ? [] : [`+${added} -${deleted}`]),
		...(bytes === undefined ? [] : [`${bytes} bytes`]),
		...(movedTo === undefined ? [] : [`same content now in ${shownPath(movedTo)}`]),
		...(keys === undefined ? [] : [`in it: ${cut(escaped(keys.join(', ')), 300)}`]),
	].join(', ');
}

const weakenings: Readonly<Record<WeakenedTest['how'], string>> = {
	emptied: 'test file emptied',
	skipped: 'test skipped',
	focused: 'test focused',
	'without assertions': 'test without assertions',
	'fewer tests': 'fewer tests',
	'fewer assertions': 'fewer assertions',
};

function weakenedWords({ path, line, text }: WeakenedTest): string {
	return line === null
		? `${shownPath(path)} (${escaped(text)})`
		: `${shownPath(path)}:${line} ${quoted(text)}`;
}

function firstOf(kind: string, facts: readonly string[]): string[] {
	return facts.length <= 20
		? [...facts]
		: [...facts.slice(0, 19), `- ${kind}: and ${facts.length - 19} more`];
}

const instructions = new Set([
	'claude.md',
	'claude.local.md',
	'.claude',
	'.mcp.json',
	'agents.md',
	'agents.override.md',
	'.codex',
	'gemini.md',
	'.gemini',
	'opencode.json',
	'opencode.jsonc',
	'.opencode',
	'qwen.md',
	'.qwen',
	'.agents', // skills, of Gemini CLI, Qwen Code, opencode and Codex
	'copilot-instructions.md',
]);
const copilots =
	/(?:^|\/)(?:\.github\/(?:instructions|prompts|agents|skills|hooks|extensions|copilot|lsp\.json|mcp\.json)|\.vscode\/mcp\.json)(?:$|\/)/;
