import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyMark, findTask, nextOpen, parseTodo, ticksFor } from '../../../src/core/todo/todo.ts';
import type { Todo } from '../../../src/core/types.ts';

const bytesOf = (name: string) =>
	new Uint8Array(readFileSync(new URL(`../../fixtures/todo/${name}.md`, import.meta.url)));
const todoIn = (bytes: Uint8Array, optional = false): Todo => {
	const found = parseTodo(bytes, { optional });
	if (found.kind !== 'list') throw new Error(JSON.stringify(found));
	return found.todo;
};
const todoOf = (name: string, optional = false) => todoIn(bytesOf(name), optional);
const at = (todo: Todo, line: number) => todo.tasks.find((task) => task.line === line)!;
const parentLine = (todo: Todo, line: number) => {
	const { parent } = at(todo, line);
	return parent === null ? null : findTask(todo, parent)!.line;
};

describe('lists as people and tools write them', () => {
	test.each([
		// name, tasks, parents, open leaves, done, dropped, optional, ignored, next open line
		['spec-kit', 82, 0, 13, 69, 0, 0, 0, 75],
		['kiro-indented', 47, 10, 1, 40, 1, 5, 0, 227],
		['kiro-flat', 33, 10, 23, 0, 0, 0, 0, 3],
		['openspec', 22, 0, 22, 0, 0, 0, 0, 3],
		['bmad-story', 45, 9, 0, 45, 0, 0, 6, null],
		['fix-plan', 64, 0, 0, 64, 0, 0, 0, null],
		['plan-steps', 21, 0, 13, 8, 0, 0, 0, 31],
		['plain-todo', 44, 1, 24, 18, 1, 0, 0, 3],
	])('%s', (name, tasks, parents, open, done, dropped, optional, ignored, next) => {
		const todo = todoOf(name);
		const count = (test: (task: Todo['tasks'][number]) => boolean) => todo.tasks.filter(test).length;
		expect({
			tasks: todo.tasks.length,
			parents: count(({ kind }) => kind === 'parent'),
			open: count(({ kind, state, optional }) => kind === 'leaf' && state === 'open' && !optional),
			done: count(({ state }) => state === 'done'),
			dropped: count(({ state }) => state === 'dropped'),
			optional: count(({ optional }) => optional),
			ignored: todo.ignored.length,
			next: nextOpen(todo, false)?.line ?? null,
		}).toEqual({ tasks, parents, open, done, dropped, optional, ignored, next });
	});

	test('Kiro’s indented children have parents, details and stars', () => {
		const todo = todoOf('kiro-indented');
		expect(at(todo, 25)).toMatchObject({
			text: '1.3 Implement htpasswd user import',
			state: 'done',
			optional: false,
		});
		expect(at(todo, 31).optional).toBe(true);
		expect(parentLine(todo, 31)).toBe(9);
		expect(at(todo, 10).details.split('\n')[0]).toBe(
			'- Implement getSchemaVersion() to read current version from schema_version table',
		);
		expect(nextOpen(todoOf('kiro-indented', true), true)?.line).toBe(31);
	});

	test('Kiro’s flat numbers make parents, which are ticked with their last child', () => {
		const todo = todoOf('kiro-flat');
		expect([16, 26, 226, 282].map((line) => parentLine(todo, line))).toEqual([9, 9, 218, null]);
		const bytes = applyMark(bytesOf('kiro-flat'), at(todo, 16), 'x');
		expect(ticksFor(todo, at(todo, 16).id).map(({ line }) => line)).toEqual([16]);
		expect(ticksFor(todoIn(bytes), at(todo, 26).id).map(({ line }) => line)).toEqual([26, 9]);
	});

	test('a plan’s own headings open what success criteria above them shut', () =>
		expect(at(todoOf('plan-steps'), 31).breadcrumb).toEqual([
			'Fix Windows Command-Line Length Limits',
			'Success Criteria',
			'Task 1: Fix CodexExecutor to pass prompt via stdin',
		]));

	test('the remarks of a review are no tasks', () =>
		expect(todoOf('bmad-story').ignored.at(-1)).toEqual({
			line: 316,
			text: '**Future:** Consider adding `.nvmrc` or `volta.json` for Node version pinning',
			why: 'under the heading "QA Results"',
		}));

	test('a list indented by one space keeps its levels', () => {
		const todo = todoOf('plain-todo');
		expect([35, 51, 52].map((line) => parentLine(todo, line))).toEqual([null, 50, null]);
		expect(at(todo, 51).text).toBe('reload zone ```sudo rndc retransfer phishtank.ioc2rpz```');
		expect(todo.tasks.some(({ line }) => line === 8)).toBe(false);
	});
});

describe('the torture list', () => {
	test('names the fence that swallows its end', () =>
		expect(parseTodo(bytesOf('torture'), { optional: false })).toEqual({
			kind: 'broken',
			line: 49,
			why: 'the code fence that opens here is never closed',
		}));

	test('once its fence is closed, holds what a careful reader sees', () => {
		const todo = todoIn(new Uint8Array([...bytesOf('torture'), ...new TextEncoder().encode('\r\n```')]));
		const lineOf = (id: string | null) => todo.tasks.find((task) => task.id === id)?.line;
		expect(
			todo.tasks.map(({ line, state, kind, optional, parent }) =>
				[line, state, kind, optional, lineOf(parent)].join(' ').trim(),
			),
		).toMatchInlineSnapshot(`
			[
			  "3 open parent false",
			  "4 open leaf false 3",
			  "5 done leaf false",
			  "6 open leaf true 5",
			  "7 open parent false",
			  "8 done leaf false 7",
			  "9 done leaf false",
			  "11 dropped leaf false",
			  "12 open leaf false",
			  "17 open leaf false",
			  "18 open leaf false",
			  "19 open leaf false",
			  "20 open leaf false",
			  "22 open parent false",
			  "23 open leaf false 22",
			  "24 open leaf false",
			  "25 open leaf false",
			  "26 open leaf false",
			]
		`);
		expect(todo.ignored.map(({ line, text, why }) => `${line} ${text} (${why})`)).toMatchInlineSnapshot(`
			[
			  "16 8. empty box (notdp/kiro-for-cc#22) (a box is "[ ]", with one plain space)",
			  "21 in block quote (in a block quote)",
			  "27 commented out (in a comment)",
			  "30 not a task (acceptance criterion) (under the heading "Exit Criteria")",
			  "33 does not block exit (under the heading "Optional")",
			  "36 in fence (in fenced code)",
			  "41 nested fence (in fenced code)",
			  "44 10. duplicate text (under the heading "Optional")",
			  "45 10. duplicate text (under the heading "Optional")",
			  "46 nbsp after box (under the heading "Optional")",
			  "47 nbsp in box (a box is "[ ]", with one plain space)",
			  "50 unclosed fence swallows this (CommonMark) - OpenSpec counts it (in fenced code)",
			]
		`);
	});
});
