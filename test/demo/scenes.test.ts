import { describe, expect, test } from 'vitest';
import { chooseScene, fill, readScript, type Who } from '../../src/demo/scenes.ts';

const who: Who = {
	role: 'worker',
	task: 'Add login',
	attempt: 1,
	session: '0001-worker',
	nonce: 'n1',
	prompt: 'Do it.',
};
const script = (...scenes: unknown[]) => JSON.stringify({ scenes });
const doing = (...actions: unknown[]) => readScript(script({ role: 'worker', do: actions }))[0]?.do;
const refuses = (text: string, place: string) =>
	expect(() => readScript(text)).toThrow(expect.objectContaining({ what: place }));

const chosen = (first: object, session: Partial<Who> = {}) => {
	const scenes = readScript(script({ role: 'worker', ...first, do: [{ say: 'first' }] }));
	return chooseScene(scenes, { ...who, ...session }) !== null;
};

describe('a script', () => {
	test('is read action by action', () =>
		expect(
			doing(
				{ write: { path: 'a', text: 'b' } },
				{ append: { path: 'a', text: 'c' } },
				{ delete: 'a' },
				{ run: 'true' },
				{ sleep: '200ms' },
				{ sleep: '3s' },
				{ sleep: '2m' },
				{ say: 'hi' },
				{ spill: { bytes: 9 } },
				{ hang: true },
				{ exit: 3 },
				{ kill: 'SIGKILL' },
			),
		).toEqual([
			{ act: 'write', path: 'a', text: 'b' },
			{ act: 'append', path: 'a', text: 'c' },
			{ act: 'delete', path: 'a' },
			{ act: 'run', command: 'true' },
			{ act: 'sleep', ms: 200 },
			{ act: 'sleep', ms: 3000 },
			{ act: 'sleep', ms: 120_000 },
			{ act: 'say', text: 'hi' },
			{ act: 'spill', bytes: 9, char: 'x' },
			{ act: 'hang' },
			{ act: 'exit', code: 3 },
			{ act: 'kill', signal: 'SIGKILL' },
		]));

	test('that is no JSON is refused', () => refuses('scenes:', 'the script'));
	test('that is a list is refused', () => refuses('[]', 'the script'));
	test('whose scene does nothing is refused', () => refuses(script({ role: 'worker' }), 'scenes[0]'));
	test('whose scene is for no role is refused', () => refuses(script({ do: [] }), 'scenes[0].role'));
	test('whose scene has an unknown key is refused', () =>
		refuses(script({ role: 'worker', tsak: 'x', do: [] }), 'scenes[0].tsak'));
	test('whose attempt is a text is refused', () =>
		refuses(script({ role: 'worker', attempt: '1', do: [] }), 'scenes[0].attempt'));

	test.each([
		'{"wirte":"x"}',
		'"hang"',
		'null',
		'{}',
		'{"toString":"x"}',
		'{"say":"a","run":"b"}',
		'{"say":"a","findings":[]}',
	])('with the unknown action %s is refused', (action) =>
		refuses(script({ role: 'worker', do: [{ say: 'a' }, JSON.parse(action)] }), 'scenes[0].do[1]'),
	);

	test.each<object>([
		{ write: 'a' },
		{ append: { path: 'a' } },
		{ delete: 1 },
		{ run: ['true'] },
		{ sleep: 200 },
		{ sleep: '2 hours' },
		{ say: null },
		{ spill: { bytes: -1 } },
		{ spill: { bytes: 1, char: 'xx' } },
		{ hang: false },
		{ exit: '3' },
		{ kill: 'SIGNOTHING' },
		{ fence: {} },
	])('with the ill-typed action %j is refused', (action) =>
		refuses(script({ role: 'worker', do: [action] }), `scenes[0].do[0].${Object.keys(action)[0]}`),
	);
});

describe('the scene', () => {
	test('is the first that fits', () => {
		const scenes = readScript(
			script(
				{ role: 'reviewer', do: [] },
				{ role: 'worker', do: [{ say: 'a' }] },
				{ role: 'worker', do: [] },
			),
		);
		expect(chooseScene(scenes, who)).toBe(scenes[1]);
	});
	test('is chosen by role', () => expect(chosen({}, { role: 'planner' })).toBe(false));
	test('is chosen by a part of the task', () =>
		expect([chosen({ task: 'log' }), chosen({ task: 'out' })]).toEqual([true, false]));
	test('is chosen by attempt', () =>
		expect([chosen({ attempt: 1 }), chosen({ attempt: 2 })]).toEqual([true, false]));
	test('is chosen by session', () =>
		expect([chosen({ session: '0001-worker' }), chosen({ session: '0002-worker' })]).toEqual([true, false]));
	test('is chosen by a part of the prompt', () =>
		expect([chosen({ prompt: 'Do' }), chosen({ prompt: 'Don’t' })]).toEqual([true, false]));
});

describe('a text', () => {
	test('is filled once', () =>
		expect(fill('{{nonce}} {{task}} {{attempt}} {{prompt}}', { ...who, prompt: '{{nonce}} $&' })).toBe(
			'n1 Add login 1 {{nonce}} $&',
		));
	test('keeps other braces', () => expect(fill('{{role}} {{x}}', who)).toBe('{{role}} {{x}}'));
});
