/**
 * `node --expose-gc bench/list.mjs`: what a list of 10,000 tasks costs, from the compiled files: the time to read it, and
 * the memory that 1,000 edits of it leave behind.
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { parseTodo } from '../dist/src/core/todo/todo.js';
import { openList } from '../dist/src/io/steering/list.js';
import { stableRead } from '../dist/src/io/steering/todo-file.js';

const TASKS = 10_000;
const EDITS = 1_000;
const ROUNDS = 50;

const text = longList();
console.log(`${TASKS} tasks, ${(text.length / 1e6).toFixed(2)} MB`);
console.log(`read: ${parseTimes(Buffer.from(text))}`);
console.log(`${EDITS} edits, seen one by one: ${await heapOfEdits()}`);

/** About 100 bytes a task: some nested, with details, under headings, some done. */
function longList() {
	const task = (index) =>
		`${index % 4 === 3 ? '  ' : ''}- [${index % 5 === 0 ? 'x' : ' '}] ${index} read the file, change \`this\` thing and see that all of it is as wanted\n`;
	const lines = Array.from({ length: TASKS }, (_, index) => [
		...(index % 100 === 0 ? [`\n## Part ${index / 100}\n\n`] : []),
		task(index),
		...(index % 4 === 1
			? ['  A line that says more about it, with a [link](https://example.com/a/page).\n']
			: []),
	]);
	return ['---\nattempts: 2\n---\n# The list\n', ...lines.flat()].join('');
}

function parseTimes(bytes) {
	const times = Array.from({ length: ROUNDS }, () => {
		const startedAt = performance.now();
		const read = parseTodo(bytes, { optional: false });
		if (read.kind !== 'list' || read.todo.tasks.length !== TASKS) throw new Error(`read ${read.kind}`);
		return performance.now() - startedAt;
	}).toSorted((one, other) => one - other);
	const at = (share) => times[Math.floor(share * (ROUNDS - 1))].toFixed(1);
	return `median ${at(0.5)} ms, worst ${at(1)} ms of ${ROUNDS}`;
}

async function heapOfEdits() {
	const folder = mkdtempSync(join(tmpdir(), 'nightloop-bench-'));
	const file = join(folder, 'todo.md');
	writeFileSync(file, text);
	let told = 0;
	const list = openList(file, await stableRead(file), false, () => told++);
	const before = heap();
	for (let edit = 0; edit < EDITS; edit++) {
		appendFileSync(file, `- [ ] one more, ${edit}\n`);
		await list.look(Date.now(), 0);
	}
	const after = heap();
	rmSync(folder, { recursive: true });
	return `${told} told, heap ${before} MB before and ${after} MB after`;
}

/** In MB, when all that can be thrown away is. */
function heap() {
	globalThis.gc?.();
	return (process.memoryUsage().heapUsed / 1e6).toFixed(1);
}
