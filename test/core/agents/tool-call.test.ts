import { expect, test } from 'vitest';
import { adapterFor } from '../../../src/core/agents/agents.ts';
import { toolNow, toolWords } from '../../../src/core/agents/tool-call.ts';
import { recorded } from '../../helpers/recorded.ts';

const SHELL = 'echo shell > sh.txt; git add -A; git commit -qm agent; git log --oneline | head -3';

test.each<[string, string, (string | null)[]]>([
	['claude', 'Write /repo/c1/hello.txt', [`Bash ${SHELL}`, `after Bash ${SHELL}`]],
	[
		'codex',
		`shell mkdir -p '/repo/ok-codex' && printf %s 'hi\n' > '/repo/ok-codex/hello.txt'`,
		[`shell ${SHELL}`, `after shell ${SHELL}`],
	],
	[
		'gemini',
		'write_file /repo/ok-gemini/hello.txt',
		[`run_shell_command ${SHELL}`, `after run_shell_command ${SHELL}`],
	],
	[
		'qwen',
		'write_file /repo/ok-qwen/hello.txt',
		[`run_shell_command ${SHELL}`, `after run_shell_command ${SHELL}`],
	],
	['copilot', 'create /repo/hello.txt', []],
])('%s tells of its tools as it uses them', (agent, first, then) => {
	expect(told(agent, recorded(agent, 'success'))).toEqual([null, first, `after ${first}`, ...then]);
});

test('opencode tells of its tools when they are done', () => {
	expect(told('opencode', recorded('opencode', 'success'))).toEqual([
		null,
		'after write /repo/ok-opencode/hello.txt',
		`after bash ${SHELL}`,
	]);
});

test.each([
	[{ type: 'command_execution', command: `/bin/bash -lc 'npm test'` }, 'shell npm test'],
	[{ type: 'command_execution', command: 'npm test' }, 'shell npm test'],
	[{ type: 'command_execution' }, 'shell'],
	[{ type: 'file_change', changes: [{ path: 'a.ts', kind: 'update' }, { path: 'b.ts' }] }, 'patch a.ts'],
	[{ type: 'file_change' }, 'patch'],
	[{ type: 'mcp_tool_call', server: 's', tool: 'look_up', arguments: { query: 'x' } }, 'look_up x'],
	[{ type: 'web_search', query: 'how' }, 'search how'],
	[{ type: 'todo_list' }, null],
])('codex: %j is %s', (item, words) => {
	const line = JSON.stringify({ type: 'item.started', item: { id: 'i', ...item } });
	expect(told('codex', [line]).at(-1)).toBe(words);
});

test('a call that claude gives no name is none to tell of', () => {
	const calls = [{ id: 'a', name: 'Bash', input: { command: 'ls' } }, { id: 'b' }];
	const content = calls.map((call) => ({ type: 'tool_use', ...call }));
	expect(told('claude', [JSON.stringify({ type: 'assistant', message: { content } })]).at(-1)).toBe(
		'Bash ls',
	);
});

test('a command line tells of no tool', () => {
	expect(adapterFor('./agent.sh').decoder().tool).toBeUndefined();
});

test.each([
	['Grep', { path: 'src', pattern: 'login' }, 'Grep login'],
	['Read', { file_path: '', path: 'a' }, 'Read a'],
	['Task', { description: 'look around', prompt: 'long' }, 'Task look around'],
	['TodoWrite', { todos: [] }, 'TodoWrite'],
	['Bash', 'npm test', 'Bash'],
	[undefined, { command: 'ls' }, ''],
	[7, null, ''],
])('the words of %j %j are %j', (name, input, words) => {
	expect(toolWords(name, input)).toBe(words);
});

test('a whole file as an input is no words', () => {
	expect(toolWords('x'.repeat(9999), { command: 'y'.repeat(9999) })).toHaveLength(1001);
});

test('of tools that are used at the same time the last one is told, as long as it is', () => {
	const open = new Map([
		['a', 'Bash npm test'],
		['b', 'Read x'],
		['c', ''],
	]);
	expect(toolNow(open, 'Read x')).toBe('Read x');
	open.delete('b');
	expect(toolNow(open, 'Read x')).toBe('Bash npm test');
	open.delete('a');
	expect(toolNow(open, 'Read x')).toBe('after Read x');
	expect(toolNow(open, '')).toBeNull();
});

/** What is told after each line, one after the other. */
function told(agent: string, lines: readonly string[]): (string | null)[] {
	const decoder = adapterFor(agent).decoder();
	const all = lines.map((line) => (decoder.line(line), decoder.tool!()));
	return [null, ...all].filter((words, at, each) => at === 0 || words !== each[at - 1]);
}
