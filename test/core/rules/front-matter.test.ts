import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { splitFrontMatter } from '../../../src/core/rules/front-matter.ts';

const split = (text: string) => splitFrontMatter('todo.md', text);
const outcome = <Result>(act: () => Result): Result | UserError => {
	try {
		return act();
	} catch (error) {
		if (error instanceof UserError) return error;
		throw error;
	}
};
const refusal = (text: string): string => {
	const error = outcome(() => split(text));
	if (!(error instanceof UserError)) throw new Error('nothing was thrown');
	return `${error.what} ${error.why}`;
};

describe('splitFrontMatter', () => {
	test('gives the data, the body and the line that the body starts on', () =>
		expect(split('---\na: 1\nb: [x]\n---\n\nbody\n')).toMatchObject({
			data: { a: 1, b: ['x'] },
			body: '\nbody\n',
			bodyLine: 5,
		}));

	test('takes a text without front matter as body', () =>
		expect(split('# Title\n---\na: 1\n---\n')).toMatchObject({
			data: {},
			body: '# Title\n---\na: 1\n---\n',
			bodyLine: 1,
		}));

	test.each(['----\na: 1\n----\n', '--- not one word ---\n', ' ---\na: 1\n---\n', ''])(
		'sees no front matter in %j',
		(text) => expect(split(text)).toMatchObject({ data: {}, body: text }),
	);

	test('copes with a byte order mark, CRLF, CR, and white space after the dashes', () => {
		expect(split('\uFEFF--- \r\na: 1\r\n---\t\r\nbody\r\n')).toMatchObject({
			data: { a: 1 },
			body: 'body\r\n',
			bodyLine: 4,
		});
		expect(split('---\ra: 1\r---\rbody')).toMatchObject({ data: { a: 1 }, body: 'body', bodyLine: 4 });
	});

	test('gives an empty body for a file that ends with its front matter', () =>
		expect(split('---\na: 1\n---')).toMatchObject({ data: { a: 1 }, body: '' }));

	test.each(['---\n---\nb', '---\n# nothing\n---\nb', '---\n~\n---\nb'])('gives no data for %j', (text) =>
		expect(split(text)).toMatchObject({ data: {}, body: 'b' }),
	);

	test('never gives the same object twice', () => {
		const text = '---\na: {b: 1}\n---\n';
		expect(split(text).data).not.toBe(split(text).data);
	});

	test.each(['yaml', ' yml', 'YAML'])('reads ---%s', (language) =>
		expect(split(`---${language}\na: 1\n---\n`).data).toEqual({ a: 1 }),
	);

	test.each([
		'js',
		'javascript',
		' JavaScript',
		'json',
		'coffee',
		'cson',
		'toml',
		'constructor',
		'__proto__',
	])('refuses ---%s, and runs nothing of it', (language) => {
		expect(refusal(`---${language}\nglobalThis.ran = true\n---\n`)).toBe(
			`todo.md:1: the front matter is in "${language.trim()}". Only YAML is read; other languages could run code.`,
		);
		expect(globalThis).not.toHaveProperty('ran');
	});

	test.each([
		['---\na: 1\n', 'todo.md:1: the front matter is never closed.'],
		['---\na: 1\na: 2\n---\n', 'todo.md:3: the front matter cannot be read. YAML: duplicated mapping key.'],
		['---\na: 1\nb: @x\n---\n', 'todo.md:3: the front matter cannot be read. YAML: '],
		['---\na: !!js/function "x"\n---\n', 'todo.md:2: the front matter cannot be read. YAML: unknown tag'],
		[
			'---\na: 1\n----\nb: 2\n---\n',
			'todo.md:3: the front matter cannot be read. A line that starts with "---" and goes on',
		],
		['---\n- a\n---\n', 'todo.md:2: the front matter cannot be read. It holds no keys and values.'],
		['---\njust text\n---\n', 'It holds no keys and values.'],
		['---\na: &x [1]\nb: [*x, *x]\n---\n', 'It uses anchors (&name, *name), which are not read.'],
		['---\na: &x {b: *x}\n---\n', 'It uses anchors'],
		[`---\na: ${'['.repeat(15_000)}\n---\n`, 'It is nested too deep.'],
		[`---\na: ${'x'.repeat(17_000)}\n---\n`, 'It is 17003 characters long; at most 16384 are read.'],
	])('refuses %j', (text, message) => expect(refusal(text)).toContain(message));

	test('reads or refuses a bomb of anchors in no time', () => {
		const levels = Array.from(
			{ length: 60 },
			(_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(9)}]`,
		);
		const merges = `a: &a {${Array.from({ length: 900 }, (_, key) => `k${key}: 1`).join(', ')}}\nb:\n  <<: [${'*a, '.repeat(2000)}]`;
		const start = performance.now();
		expect(refusal(`---\na0: &a0 [x]\n${levels.join('\n')}\n---\n`)).toContain('anchors');
		expect(refusal(`---\n${'\n'.repeat(16_000)}- a\n---\n`)).toContain('no keys');
		expect(refusal(`---\n${merges}\n---\n`)).toContain('cannot be read');
		expect(performance.now() - start).toBeLessThan(3000);
	});

	test('finds the line of a key, and what is written after it', () => {
		const { lineOf, raw } = split(
			'---\n# until: 1\nuntil: 23:30 # late\n"quoted": x\nbudget:\n  usd: 010\n  tokens: 5\nenv: {A: 1.10, B: 2}\nusd: 7\n---\n',
		);
		expect([lineOf('until'), lineOf('quoted'), lineOf('usd'), lineOf('usd', 'budget')]).toEqual([3, 4, 9, 6]);
		expect([raw('until'), raw('usd', 'budget'), raw('A', 'env'), raw('B', 'env')]).toEqual([
			'23:30',
			'010',
			'1.10',
			'2',
		]);
		expect([raw('budget'), raw('absent'), raw('absent', 'none')]).toEqual([null, null, null]);
		expect(lineOf('absent')).toBe(2);
	});

	test('finds keys in braces', () => {
		const { lineOf, raw } = split('---\n{a: 1,\n b: 07}\n---\n');
		expect([lineOf('a'), lineOf('b'), raw('b')]).toEqual([2, 3, '07']);
	});

	test('gives a body or a UserError for any text', () => {
		const pieces = fc.constantFrom(
			'---',
			'\n',
			'\r\n',
			'a: 1',
			' ',
			'- ',
			'&a',
			'*a',
			'{',
			'js',
			'\uFEFF',
			'#',
		);
		fc.assert(
			fc.property(fc.array(pieces), (parts) => {
				const text = parts.join('');
				const body = outcome(() => split(text).body);
				expect(text.endsWith(body instanceof UserError ? '' : body)).toBe(true);
			}),
		);
	});
});
