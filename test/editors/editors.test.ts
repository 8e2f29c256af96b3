import { execa } from 'execa';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { boxes, photograph, violations } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Loop, startLoop, story, type Told } from '../helpers/nightloop.ts';
import { list, type Repository, withRepository } from '../helpers/repository.ts';
import { randomFrom } from '../torture/random.ts';
import { styles } from './editors.ts';
import { onDisk, personAt, unmarked } from './person.ts';

const names = Object.keys(styles);
const savesEach = Math.ceil(Number(process.env['NIGHTLOOP_SAVES']) / names.length);
const seed = Number(process.env['NIGHTLOOP_SEED'] ?? Date.now() % 1_000_000);
/** How soon after the last save every tick is there, in ms. */
const promised = 10_000;

describe.concurrent(`a loop and a person who saves todo.md ${savesEach} times (seed ${seed}):`, () => {
	it.each(names)('%s', async (name) => {
		const style = styles[name]!;
		await isInstalled(style.needs);
		const start = list(
			Array.from({ length: Math.min(30, savesEach) }, (_, index) => `task ${index} from the start`),
		);
		await withRepository({ todo: start, worker: 'adds-a-line-to-one-file' }, async (repository) => {
			const before = await photograph(repository);
			const editor = await style.open(repository);
			const random = randomFrom(seed + names.indexOf(name));
			const person = personAt(repository, editor, { name, start, random, appends: style.appends === true });
			const loop = startLoop(repository, []);
			try {
				for (let saves = 0; saves < savesEach; saves++) await person.save();
				const late = await lateness(repository, loop);
				await allDone(repository, loop);
				loop.kill('SIGTERM');
				await loop.ended;
				await editor.close();

				const saved = `${person.lines.join('\n')}\n`;
				const again = doneAgain(loop);
				report({ name, saves: savesEach, late, again: again.length, ...countsOf(loop) });
				expect(unmarked(await onDisk(repository))).toBe(saved);
				expect(without(await violations(repository, before, Buffer.from(saved)), again)).toEqual([]);
				expect(await foreignPaths(repository, before.head)).toEqual([]);
				expect(late).toBeLessThan(promised);
			} finally {
				await editor.close();
			}
		});
	});
});

async function isInstalled(program: string): Promise<void> {
	const { exitCode } = await execa('which', [program], { reject: false });
	if (exitCode !== 0) throw new Error(`${program} is missing: test/editors/install.sh installs it`);
	const { exitCode: terminal } = await execa('which', ['tmux'], { reject: false });
	if (terminal !== 0) throw new Error('tmux is missing: test/editors/install.sh installs it');
}

/** From the last save until every task that had landed by then, and is not wished for again, is ticked, in ms. */
async function lateness(repository: Repository, loop: Loop): Promise<number> {
	const savedAt = performance.now();
	const landed = landedIn(loop);
	await eventually(
		async () => {
			const ticked = new Set(boxes(await onDisk(repository), 'x'));
			return landed.every((text) => ticked.has(text) || marksOf(loop, text) > 1);
		},
		() => 'the ticks of what has landed',
		3 * promised,
	);
	return Math.round(performance.now() - savedAt);
}

/** How often the task was ticked: a save that takes the second tick back is a wish to have it done again. */
function marksOf(loop: Loop, text: string): number {
	const landed = loop.events.find((told) => told.event === 'landed' && told['text'] === text);
	return loop.events.filter((told) => isWritten(told) && told['task'] === landed?.['task']).length;
}

function isWritten(told: Told): boolean {
	return told.event === 'marked' && told['outcome'] === 'written';
}

async function allDone(repository: Repository, loop: Loop): Promise<void> {
	await eventually(
		async () =>
			boxes(await onDisk(repository), 'x').length > 0 &&
			boxes(await onDisk(repository), ' ').length === 0 &&
			loop.events.findLast(({ event }) => turns.includes(event))?.event === 'waiting',
		() => `every box to be ticked:\n${story(loop.events.slice(-40))}`,
		savesEach * 5000 + 60_000,
	);
}

/** After edits that bring no work the loop goes on waiting, without a word. */
const turns = ['waiting', 'resumed', 'opened', 'landed'];

function landedIn(loop: Loop): string[] {
	return loop.events.filter(({ event }) => event === 'landed').map((told) => String(told['text']));
}

/** Tasks whose tick two saves took back: the second time it is a wish to have them done again. */
function doneAgain(loop: Loop): string[] {
	const landed = landedIn(loop);
	return landed.filter((text, index) => landed.indexOf(text) !== index);
}

/** What is wrong, apart from what comes of landing these twice: their boxes are ticked once. */
function without(found: readonly string[], again: readonly string[]): string[] {
	const allowed = again.flatMap((text) => [
		`I3: the same task landed twice: ${text}`,
		`I8: landed but not ticked: ${text}`,
	]);
	return found.filter((one) => !allowed.includes(one) && !one.startsWith('I3: the same attempt'));
}

/** Paths that were committed since and are neither the list nor the work of a task. */
async function foreignPaths({ git }: Repository, since: string): Promise<string[]> {
	const paths = await git('log', '--format=', '--name-only', `${since}..HEAD`);
	return [...new Set(paths.split('\n'))].filter((name) => !/^(|todo\.md|done\/task-.*\.txt)$/.test(name));
}

function countsOf(loop: Loop): Record<string, number> {
	const count = (wanted: (told: Told) => boolean) => loop.events.filter(wanted).length;
	const landed = count(({ event }) => event === 'landed');
	return { edits: count(({ event }) => event === 'edited'), landed, marksAgain: count(isWritten) - landed };
}

function report(figures: Record<string, unknown>): void {
	process.stdout.write(`${JSON.stringify(figures)}\n`);
}
