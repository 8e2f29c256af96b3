import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { boxes, duringViolations, landedSince, type Photograph, violations } from '../helpers/checker.ts';
import { type Loop, startLoop, story } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import type { Plan, Repository } from '../helpers/repository.ts';
import { scripted } from '../helpers/scripted.ts';

/** Short lists that go, taken together, through as much of the loop as fits in a few seconds. */
export const chapters: Readonly<Record<string, { readonly task: string; readonly ends: 'x' | '!' }>> = {
	'lands while the list is edited': { task: 'the plain thing', ends: 'x' },
	'a red check, a rejection, starting over, a landing': { task: 'the corrected thing', ends: 'x' },
	'two failures that are waited for, blocked twice, parked': { task: 'the failing thing', ends: '!' },
};

export function planOf(chapter: string, walls: string): Plan {
	const settings = [`walls: ${walls}`, "checks: ['test ! -e broken.txt']"];
	return scripted({ worker: WORKER, reviewer: REVIEWER }, { tasks: [chapterOf(chapter).task], settings });
}

/** How one loop of a cycle ended. */
export interface Run {
	/** null: by a signal. */
	readonly exitCode: number | null;
	readonly stderr: string;
	readonly events: Loop['events'];
	/** From its start to its end, in ms. */
	readonly ms: number;
}

/** One cycle in a repository of its own, gone through by one loop after the other. */
export interface Cycle {
	/** Runs a loop, by way of another command if one is given, to whatever its end is. The person edits the list once meanwhile. */
	run(by?: readonly string[]): Promise<Run>;
	/** What is wrong now, between two loops. */
	now(): Promise<string[]>;
	/** What is wrong in the end. */
	inTheEnd(): Promise<string[]>;
}

/** `before`: of the repository, or of the one that it is a copy of. */
export function openCycle(chapter: string, repository: Repository, before: Photograph): Cycle {
	let edited: Buffer | null = null;
	const edit = async () => {
		if (edited) return;
		edited = Buffer.concat([before.todo, Buffer.from(ADDED)]);
		await appendFile(join(repository.path, 'todo.md'), ADDED);
	};
	const todo = () => edited ?? before.todo;
	let runs = 0;
	return {
		async run(by = []) {
			if (runs++ > 0) await edit();
			const loop = startLoop(repository, ['--until-done'], by);
			const ended = outcomeOf(loop);
			const limit = pause(PATIENCE, null, { ref: false });
			const over = Promise.race([ended, limit]);
			await editAfter('checked', loop, over, edit);
			const outcome = await over;
			if (outcome) return outcome;
			throw new Error(`still there after ${PATIENCE / 1000} s:\n${story(loop.events)}`);
		},
		now: () => duringViolations(repository, before, todo()),
		async inTheEnd() {
			await noProcessOf(repository.scratch);
			return [
				...(await violations(repository, before, todo())),
				...(await differences(chapter, repository, before)),
			];
		},
	};
}

const ADDED = '- [-] not this\n';
const PATIENCE = 60_000;

/** Two failures aside, what a session does depends on its task and on the number of its attempt, which no kill changes. */
const WORKER = `
case $NIGHTLOOP_ATTEMPT$NIGHTLOOP_TASK in
*failing*)
	echo "$NIGHTLOOP_SESSION" >>"$SCRATCH/log/failing"
	[ "$(wc -l <"$SCRATCH/log/failing")" -gt 2 ] || exit 1
	printf '\\n\`\`\`status\\n{"status":"blocked","reason":"there is no such thing"}\\n\`\`\`\\n'
	;;
*)
	do_the_task
	rm -f broken.txt
	;;
esac
case $NIGHTLOOP_ATTEMPT$NIGHTLOOP_TASK in 1*corrected*) echo broken >broken.txt ;; esac`;

const REVIEWER = `
case $NIGHTLOOP_ATTEMPT$NIGHTLOOP_TASK in
2*corrected*) reject ;;
*) approve ;;
esac`;

async function outcomeOf(loop: Loop): Promise<Run> {
	const { events } = loop;
	try {
		const { exitCode, stderr, ms } = await loop.ended;
		return { exitCode, stderr, events, ms };
	} catch (error) {
		return { exitCode: 1, stderr: String(error), events, ms: 0 };
	}
}

async function editAfter(
	name: string,
	{ events }: Loop,
	ended: Promise<unknown>,
	edit: () => Promise<void>,
): Promise<void> {
	const hasEnded = () => Promise.race([ended.then(() => true), pause(5, false)]);
	while (!events.some(({ event }) => event === name)) if (await hasEnded()) return;
	await edit();
}

/** From how the chapter ends when nothing goes wrong. */
async function differences(chapter: string, repository: Repository, before: Photograph): Promise<string[]> {
	const { task, ends } = chapterOf(chapter);
	const todo = await repository.read('todo.md');
	const landed = (await landedSince(repository, before.head)).map(({ subject }) => subject);
	const compared = [
		['landed', landed, ends === 'x' ? [task] : []],
		['ticked', boxes(todo, 'x'), ends === 'x' ? [task] : []],
		['parked', boxes(todo, '!'), ends === '!' ? [task] : []],
		['open', boxes(todo, ' '), []],
	] as const;
	return compared
		.filter(([, now, wanted]) => now.join() !== wanted.join())
		.map(([what, now, wanted]) => `I8: ${what}: "${now.join(', ')}", not "${wanted.join(', ')}"`);
}

function chapterOf(name: string) {
	const found = chapters[name];
	if (found) return found;
	throw new Error(`no chapter ${name}`);
}
