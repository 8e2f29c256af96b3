import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyMark, findTask, parseTodo, ticksFor } from '../../../src/core/todo/todo.ts';
import type { Mark, TaskId, Todo } from '../../../src/core/types.ts';

/** The file, and the tasks that the loop has taken in hand by their ids: what it knew of them may be old by now. */
interface State {
	readonly text: string;
	readonly inHand: readonly { readonly id: TaskId; readonly words: string }[];
}

type Step = (state: State) => State;

const START = `---
attempts: 2
---
# Plan
- [ ] Build
  - [ ] Wall
  - [ ] Roof
- [x] Dig
- [ ] Dig
* [!] Paint

## Notes
- [ ] no task
`;

const LINES = [
	'- [ ] Dig',
	'- [ ] Écrire 🎉 [link](a)',
	'  - [ ] Door',
	'1. [ ] 1.1 Number',
	'- [ ] ',
	'- [',
	'- [ ] W',
	'A note.',
	'',
	'\tindented',
	'## Next',
	'> - [ ] quoted',
	'- [-] Dropped',
];

test('whatever a person does to the list, a mark changes marks only, and those of the task that was meant', () => {
	fc.assert(
		fc.property(fc.array(anyStep(), { minLength: 4, maxLength: 14 }), (steps) => {
			steps.reduce((state, step) => step(state), { text: START, inHand: [] } as State);
		}),
		{ numRuns: 3000 },
	);
});

function anyStep(): fc.Arbitrary<Step> {
	const line = fc.constantFrom(...LINES);
	const at = fc.nat(30);
	const edits: fc.Arbitrary<Step>[] = [
		fc.tuple(at, line).map(([at, line]) => edit((lines) => lines.toSpliced(at % lines.length, 0, line))),
		fc.tuple(at, line).map(([at, line]) => edit((lines) => lines.with(at % lines.length, line))),
		at.map((at) => edit((lines) => (lines.length > 1 ? lines.toSpliced(at % lines.length, 1) : lines))),
		fc.tuple(at, at).map(([from, to]) => edit((lines) => moved(lines, from, to))),
		fc
			.tuple(at, fc.constantFrom(' ', '-', 'x', '/'))
			.map(([at, mark]) => edit((lines) => remarked(lines, at, mark))),
		fc.constant((state) => ({ ...state, text: state.text.replaceAll(/\r?\n/g, '\r\n') })),
		fc.constant((state) => ({ ...state, text: state.text.replaceAll('\r', '').trimEnd() })),
	];
	const looping: fc.Arbitrary<Step>[] = [
		at.map((at) => take(at)),
		fc.tuple(at, fc.constantFrom<Mark>('x', 'x', '!', ' ')).map(([at, as]) => mark(at, as)),
	];
	return fc.oneof(...edits, ...looping, ...looping, ...looping);
}

function edit(change: (lines: string[]) => string[]): Step {
	return (state) => ({ ...state, text: change(state.text.split('\n')).join('\n') });
}

function moved(lines: string[], from: number, to: number): string[] {
	const line = lines[from % lines.length]!;
	return lines.toSpliced(from % lines.length, 1).toSpliced(to % lines.length, 0, line);
}

function remarked(lines: string[], at: number, mark: string): string[] {
	const index = at % lines.length;
	return lines.with(index, lines[index]!.replace(/\[[ x!/-]\]/, `[${mark}]`));
}

/** The loop sets out to work on one of the tasks. */
function take(at: number): Step {
	return (state) => {
		const tasks = listIn(state.text)?.tasks ?? [];
		const task = tasks[at % Math.max(1, tasks.length)];
		return task ? { ...state, inHand: [...state.inHand, { id: task.id, words: task.text }] } : state;
	};
}

/** The loop marks a task that it has taken in hand earlier, as it stands in the list by now. */
function mark(at: number, as: Mark): Step {
	return (state) => {
		const meant = state.inHand[at % Math.max(1, state.inHand.length)];
		const todo = listIn(state.text);
		const task = meant && todo && findTask(todo, meant.id);
		if (!meant || !task) return state;
		const boxes = as === 'x' ? ticksFor(todo, meant.id) : [task];
		const before = Buffer.from(state.text);
		const after = Buffer.from(boxes.reduce<Uint8Array>((bytes, box) => applyMark(bytes, box, as), before));
		expect(task.text).toBe(meant.words);
		expect(unmarked(after.toString())).toBe(unmarked(state.text));
		expect(changed(before, after, as)).toEqual(changed(before, after, null));
		expect(lineOf(after, task.offset)).toContain(meant.words);
		return { ...state, text: after.toString() };
	};
}

function listIn(text: string): Todo | null {
	const read = parseTodo(Buffer.from(text), { optional: false });
	return read.kind === 'list' ? read.todo : null;
}

/** The text without the marks in its boxes; it knows nothing of how the list is read. */
function unmarked(text: string): string {
	return text.replaceAll(/^(\s*(?:[-*+]|\d+[.)])\s+\[)[ xX!/~-](?=\])/gm, '$1');
}

/** Where the bytes differ; with a mark, only where that is what is there now. */
function changed(before: Buffer, after: Buffer, as: Mark | null): number[] {
	return [...after.keys()].filter(
		(at) => after[at] !== before[at] && (as === null || after[at] === as.charCodeAt(0)),
	);
}

function lineOf(bytes: Buffer, offset: number): string {
	const end = bytes.indexOf('\n', offset);
	return bytes.subarray(bytes.lastIndexOf('\n', offset) + 1, end === -1 ? undefined : end).toString();
}
