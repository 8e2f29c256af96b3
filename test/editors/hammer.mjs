/**
 * `npm run hammer -- --ticks 2000`: our own marks, made without waiting for quiet, against a writer in a process of its
 * own that saves about every millisecond. Counts, of every style of saving, what was lost or misplaced.
 */
import { fork } from 'node:child_process';
import {
	appendFileSync,
	closeSync,
	ftruncateSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readFileSync,
} from 'node:fs';
import { renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { parseTodo } from '../../dist/src/core/todo/todo.js';
import { openMarker } from '../../dist/src/io/steering/marker.js';

/** Marks in one list, before the next list is begun. */
const BATCH = 25;
/** Lines of its own that the writer keeps. */
const NOTES = 20;
/** What one save does: the text is as the writer, like an editor that reloads, last read it, and one line more or less. */
const STYLES = {
	'in place': (file, text) => inPlace(file, [text]),
	'in two chunks': (file, text) =>
		inPlace(file, [text.slice(0, text.length / 2), text.slice(text.length / 2)]),
	append: (file, _text, line) => appendFileSync(file, `${line}\n`),
	rename: (file, text) => {
		writeFileSync(`${file}.new`, text);
		renameSync(`${file}.new`, file);
	},
};

if (process.send) hammer(process.argv[2], process.argv[3]);
else await main();

async function main() {
	const { values } = parseArgs({ options: { ticks: { type: 'string', default: '2000' } } });
	const each = Math.ceil(Number(values.ticks) / Object.keys(STYLES).length / BATCH) * BATCH;
	const parent = join(process.cwd(), '.cache');
	mkdirSync(parent, { recursive: true });
	const folder = mkdtempSync(join(parent, 'hammer-'));
	const rows = [];
	for (const style of Object.keys(STYLES)) rows.push(await hammered(style, each, join(folder, 'todo.md')));
	rmSync(folder, { recursive: true });
	console.table(rows);
	const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
	const harmed = sum('lines lost') + sum('bytes misplaced') + sum('wrong boxes');
	console.log(
		`${sum('ticks')} ticks, ${sum('saves')} saves: ${harmed} harmed, ${((harmed / sum('ticks')) * 100).toFixed(3)} % of the ticks`,
	);
}

async function hammered(style, ticks, file) {
	const row = {
		style,
		ticks: 0,
		saves: 0,
		'saves a second': 0,
		'lines lost': 0,
		'bytes misplaced': 0,
		'wrong boxes': 0,
	};
	let ms = 0;
	while (row.ticks < ticks) {
		const tasks = Array.from(
			{ length: BATCH },
			(_, index) => `task ${index} of the many that there are to do`,
		);
		writeFileSync(file, `# Hammered\n\n${tasks.map((text) => `- [ ] ${text}\n`).join('')}\n## Notes\n\n`);
		const writer = fork(import.meta.filename, [file, style]);
		await new Promise((resolve) => writer.once('message', resolve));
		const marker = openMarker(file, { quiet: 0 });
		const ticked = new Set();
		const startedAt = performance.now();
		for (const text of tasks) {
			const id = await idOf(file, text);
			if (id === null) break;
			await marker.mark(id, 'x', false);
			ticked.add(text);
			row.ticks++;
		}
		ms += performance.now() - startedAt;
		const ended = new Promise((resolve) => writer.once('message', resolve));
		writer.send('stop');
		const { saves, lines } = await ended;
		row.saves += saves;
		judge(row, readFileSync(file, 'utf8'), { tasks, ticked, lines });
	}
	row['saves a second'] = Math.round((row.saves / ms) * 1000);
	return row;
}

/** The file may be half written just now. null: the task is not there any more. */
async function idOf(file, text) {
	const giveUp = performance.now() + 2000;
	while (performance.now() < giveUp) {
		const read = parseTodo(readFileSync(file), { optional: false });
		const task = read.kind === 'list' && read.todo.tasks.find((one) => one.text === text);
		if (task) return task.id;
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
	return null;
}

/** `lines`: what the writer's last save left there. */
function judge(row, text, { tasks, ticked, lines }) {
	const now = text.split('\n');
	const unmarked = new Set(now.map((line) => line.replace(/^- \[[ x]\] /, '- ')));
	const wanted = [...tasks.map((task) => `- ${task}`), ...lines];
	const missing = wanted.filter((line) => !unmarked.has(line));
	const isNear = (line) =>
		[...unmarked].some((one) => one.length === line.length && differences(one, line) === 1);
	const misplaced = missing.filter(isNear).length;
	row['bytes misplaced'] += misplaced;
	row['lines lost'] += missing.length - misplaced;
	const boxed = now.filter((line) => line.startsWith('- [x] ')).map((line) => line.slice(6));
	row['wrong boxes'] += boxed.filter((task) => tasks.includes(task) && !ticked.has(task)).length;
	for (const line of missing) console.log(`${row.style}: "${line}" is not there any more`);
}

function differences(one, other) {
	return [...one].filter((character, index) => character !== other[index]).length;
}

/** Adds a note at the end or below the heading, and now and then takes one of its own away again. */
function hammer(file, style) {
	let [saves, stopped] = [0, false];
	let lines = [];
	process.once('message', () => (stopped = true));
	const save = () => {
		if (stopped) return process.send({ saves, lines }, () => process.exit());
		const line = `note ${saves} of a person who saves all the time`;
		const isTop = style !== 'append' && saves % 2 === 0;
		const text = readFileSync(file, 'utf8');
		const rest = lines.length > NOTES && style !== 'append' ? lines[0] : null;
		const kept = rest === null ? text : text.replace(`${rest}\n`, '');
		STYLES[style](file, isTop ? kept.replace('\n', `\n${line}\n`) : `${kept}${line}\n`, line);
		lines = [...lines.filter((one) => one !== rest), line];
		if (++saves === 1) process.send('going');
		setTimeout(save, 1);
	};
	save();
}

function inPlace(file, chunks) {
	const fd = openSync(file, 'r+');
	ftruncateSync(fd, 0);
	for (const chunk of chunks) writeSync(fd, chunk);
	closeSync(fd);
}
