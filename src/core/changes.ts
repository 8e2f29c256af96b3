import { kindsOf } from './path-kinds.ts';
import { cut } from './plain.ts';
import type { Change } from './types.ts';

/**
 * The changes in the output of
 * `git diff-tree -r -z --raw --numstat --no-renames --ignore-submodules=none BASE CANDIDATE`: first a record
 * `:OLDMODE NEWMODE OLD NEW STATUS NUL path NUL` for each path, then `ADDED TAB DELETED TAB path NUL` for each in the same
 * order (`-` for binary). Without `--ignore-submodules=none` a `.gitmodules` in the tree can hide submodule moves.
 * Throws on anything else: a change that was overlooked would not be judged.
 */
export function parseRawDiff(output: string): Change[] {
	const changes: Omit<Change, 'added' | 'deleted'>[] = [];
	const sizes: Pick<Change, 'path' | 'added' | 'deleted'>[] = [];
	// Sticky: each pattern eats its records from the start on, one after the other, and leaves the rest.
	const rest = output
		.replace(/:(\d{6}) (\d{6}) [^\0]+\0([^\0]+)\0/gy, (_, oldMode: string, newMode: string, path: string) => {
			changes.push({ path, status: statusOf(oldMode, newMode), oldMode, newMode });
			return '';
		})
		.replace(/(\d+|-)\t(\d+|-)\t([^\0]+)\0/gy, (_, added: string, deleted: string, path: string) => {
			sizes.push({ path, added: lineCount(added), deleted: lineCount(deleted) });
			return '';
		});
	if (rest !== '' || pathsOf(changes) !== pathsOf(sizes)) {
		throw new Error(`git diff-tree: records that do not add up: ${JSON.stringify(cut(output, 500))}`);
	}
	return changes.map((change, i) => ({ ...change, added: null, deleted: null, ...sizes[i] }));
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
 * The facts of a candidate that its task must justify, one line each, as far as paths, modes and sizes tell them. Of one
 * kind at most 20 are named, so that many of one cannot bury another. '' when there is none.
 */
export function changesReport(changes: readonly Change[]): string {
	const byKind = new Map<string, string[]>();
	for (const change of changes) {
		for (const kind of factsOf(change)) {
			byKind.set(kind, [
				...(byKind.get(kind) ?? []),
				`- ${kind}: ${shownPath(change.path)} (${how(change)})`,
			]);
		}
	}
	return [...byKind].flatMap(([kind, facts]) => firstOf(kind, facts)).join('\n');
}

/**
 * True of a file, at any depth, that agents take instructions, settings, hooks or tools from. Case is set aside, as file
 * systems do that. Beyond the names of Claude Code, Codex and Gemini CLI also opencode's, which loads plugins from them.
 */
export function isInstructions(path: string): boolean {
	return path.split('/').some((name) => instructions.has(name.toLowerCase()));
}

/** A path on one line, quoted where it holds more than printable characters: in a candidate, names are untrusted. */
export function shownPath(path: string): string {
	const odd = /[\p{C}\p{Zl}\p{Zp}"\\]/gu;
	const escaped = path.replaceAll(odd, (char) => `\\u{${Number(char.codePointAt(0)).toString(16)}}`);
	return cut(escaped === path ? path : `"${escaped}"`, 300);
}

function statusOf(oldMode: string, newMode: string): Change['status'] {
	if (oldMode === '000000') {
		return 'added';
	}
	if (newMode === '000000') {
		return 'deleted';
	}
	// The first three digits of a mode are the type: file, symbolic link, submodule.
	return oldMode.slice(0, 3) === newMode.slice(0, 3) ? 'modified' : 'type-changed';
}

function lineCount(field: string): number | null {
	return field === '-' ? null : Number(field);
}

function pathsOf(records: readonly { path: string }[]): string {
	return records.map(({ path }) => path).join('\0');
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

function factsOf(change: Change): string[] {
	const { path, status, oldMode, newMode, added } = change;
	const kinds = kindsOf(path).flatMap((kind) => kindFact(kind, change));
	const facts: [string, boolean][] = [
		['agent instructions', isInstructions(path)],
		['nested repository or submodule', oldMode === '160000' || newMode === '160000'],
		['symbolic link', oldMode === '120000' || newMode === '120000'],
		['file mode', status === 'modified' && oldMode !== newMode],
		['binary file', added === null],
		['very large change', lines(change) > veryLarge],
	];
	return [...kinds, ...facts.filter(([, holds]) => holds).map(([fact]) => fact)];
}

const veryLarge = 2000; // lines: more than a reviewer reads with care

function kindFact(kind: string, change: Change): string[] {
	if (kind !== 'test') {
		return [kind];
	}
	const lost = sum([change.deleted]) - sum([change.added]);
	return change.status === 'deleted' ? ['test deleted'] : lost >= 5 ? ['test shrunk'] : [];
}

function how({ status, added, deleted, oldMode, newMode }: Change): string {
	const mode =
		status !== 'added' && status !== 'deleted' && oldMode !== newMode ? `, ${oldMode} to ${newMode}` : '';
	return `${status}${mode}${added === null ? '' : `, +${added} -${deleted}`}`;
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
]);
