import matter from 'gray-matter';
import { UserError } from '../errors.ts';
import { frontLines, lineEnd } from '../todo/lines.ts';

export interface FrontMatter {
	readonly data: Readonly<Record<string, unknown>>;
	/** The line (from 1) that a key stands on; `within` is the key that it is nested in. */
	readonly lineOf: (key: string, within?: string) => number;
	/** What is written after a key on its line, as it is written: YAML reads `23:30` and `010` as other numbers. */
	readonly raw: (key: string, within?: string) => string | null;
	readonly body: string;
	/** The line (from 1) that the body starts on. */
	readonly bodyLine: number;
}

/**
 * Splits a file into its front matter, which is YAML, and its body. `file` names it in messages. Throws a `UserError` for
 * what is not YAML, not closed, not keys and values, too large, or uses anchors (a few lines of which unfold to gigabytes).
 */
export function splitFrontMatter(file: string, text: string): FrontMatter {
	const whole = text.startsWith('\uFEFF') ? text.slice(1) : text;
	const lines = whole.split(lineEnd);
	const front = frontLines(lines);
	if (front.kind === 'none') {
		return { data: {}, ...finders([]), body: whole, bodyLine: 1 };
	}
	if (front.kind === 'unclosed') {
		throw new UserError({
			what: `${file}:1: the front matter is never closed.`,
			why: 'The first line is "---", and no other line is.',
			fix: 'Put a line "---" below the settings, or take the first line away.',
		});
	}
	const yaml = lines.slice(1, front.length - 1);
	const data = readYaml(file, front.language, yaml);
	return { data, ...finders(yaml), body: bodyOf(whole, front.length), bodyLine: front.length + 1 };
}

function bodyOf(text: string, lines: number): string {
	const ends = [...text.matchAll(new RegExp(lineEnd, 'g'))];
	const last = ends[lines - 1];
	return last === undefined ? '' : text.slice(last.index + last[0].length);
}

function readYaml(file: string, language: string, yaml: readonly string[]): Record<string, unknown> {
	const refuse = (): never => {
		throw new UserError({
			what: `${file}:1: the front matter is in "${language}".`,
			why: 'Only YAML is read; other languages could run code.',
			fix: 'Write "---" alone on the first line, and the settings as YAML.',
		});
	};
	if (!['', 'yaml', 'yml'].includes(language.toLowerCase())) {
		refuse();
	}
	const text = yaml.join('\n');
	const dashes = yaml.findIndex((line) => line.startsWith('---'));
	if (dashes !== -1) {
		throw trouble(
			file,
			dashes + 2,
			'A line that starts with "---" and goes on neither belongs to it nor ends it.',
		);
	}
	if (text.length > LARGEST) {
		throw trouble(file, 1, `It is ${text.length} characters long; at most ${LARGEST} are read.`);
	}
	return mapping(file, parse(file, text, refuse));
}

function parse(file: string, yaml: string, refuse: () => never): Record<string, unknown> {
	const engines = { javascript: refuse, js: refuse, json: refuse, coffee: refuse };
	try {
		return matter(`---\n${yaml}\n---\n`, { language: 'yaml', engines }).data;
	} catch (error) {
		const told = /: (.*?) at line (\d+)/s.exec(String(error));
		throw told === null
			? trouble(file, 1, 'It is nested too deep.', error)
			: trouble(file, Number(told[2]), `YAML: ${told[1]}.`, error);
	}
}

function mapping(file: string, data: Record<string, unknown>): Record<string, unknown> {
	if (typeof data !== 'object' || Array.isArray(data)) {
		throw trouble(file, 2, 'It holds no keys and values.');
	}
	if (isShared(data, new Set())) {
		throw trouble(file, 2, 'It uses anchors (&name, *name), which are not read.');
	}
	return data;
}

/** Whether a part of the data stands in two places, or in itself: only an anchor does that. */
function isShared(value: unknown, seen: Set<unknown>): boolean {
	if (typeof value !== 'object' || value === null) {
		return false;
	}
	const known = seen.has(value);
	seen.add(value);
	return known || Object.values(value).some((part) => isShared(part, seen));
}

function trouble(file: string, line: number, why: string, cause?: unknown): UserError {
	const what = `${file}:${line}: the front matter cannot be read.`;
	const fix =
		'Write "key: value" lines; put quotes around values that hold a colon or start with a special character.';
	return new UserError({ what, why, fix, cause });
}

function finders(yaml: readonly string[]): Pick<FrontMatter, 'lineOf' | 'raw'> {
	const find = (key: string, within: string | undefined): Found | null =>
		within === undefined
			? (search(yaml, '^', key, 0) ?? search(yaml, nested, key, 0))
			: search(yaml, nested, key, find(within, undefined)?.index ?? 0);
	return {
		lineOf: (key, within) => (find(key, within)?.index ?? 0) + 2,
		raw: (key, within) => find(key, within)?.value || null,
	};
}

interface Found {
	readonly index: number;
	readonly value: string;
}

const nested = '(?:^\\s*|[{,]\\s*)';

function search(yaml: readonly string[], before: string, key: string, from: number): Found | null {
	const name = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const pattern = new RegExp(`${before}["']?${name}["']?\\s*:(?:\\s+([^,}\\]#]*)|$)`);
	for (const [index, line] of yaml.entries()) {
		const found = index < from ? null : pattern.exec(line);
		if (found !== null) {
			return { index, value: (found[1] ?? '').trim() };
		}
	}
	return null;
}

/** In characters. More is a mistake or an attack: some lines of YAML take very long to read. */
const LARGEST = 16_384;
