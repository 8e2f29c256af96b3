import { duration, money, tokens } from '../format.ts';
import { deadlineOf } from '../limits-of-run.ts';
import { isNotes } from '../notes.ts';
import { plainLine } from '../plain.ts';
import { isOpenLeaf } from '../todo/todo.ts';
import type { Run, Scene, Time, Todo } from '../types.ts';
import { cutToWidth, widthOf } from '../width.ts';
import { waitingWords } from '../words.ts';

/** What is seen of the session that runs, from outside. */
export interface Vitals {
	/** When it was opened; null: none runs. */
	readonly since: Time | null;
	/** When it last put something out; null: it has not yet. */
	readonly sign: Time | null;
	/** The tool that it uses, as it wrote it, or `after` and the last one; null: none, or it does not say. */
	readonly tool: string | null;
}

/** The foot of the screen, each line cut to its width: what runs now, on what, for how long, and how far the night is. */
export function foot(
	run: Run,
	scene: Scene,
	vitals: Vitals,
	{ columns, clock }: { columns: number; clock: (at: Time) => string },
): string[] {
	const [now, ...below] = [doing(run, scene), session(run, scene, vitals, columns), night(run, scene, clock)]
		.map((parts) => parts.filter((part) => part !== '').join(' · '))
		.filter((row) => row !== '');
	const rows = [now!, ...below.map((row) => `  ${row}`)];
	return ['─'.repeat(columns), ...rows.map((row) => cutToWidth(row, columns))];
}

function doing({ waiting, attempt }: Run, { now, stop, settings }: Scene): string[] {
	const asked = stop.kind === 'none' ? '' : 'ends after this attempt';
	if (waiting) {
		const left = waiting.until === null ? '' : `${duration(waiting.until - now)} left`;
		return [`◷ ${waitingWords(waiting.for)}`, left, asked];
	}
	if (!attempt) return ['▸ between two tasks', asked];
	const number = isNotes(attempt.task)
		? '▸ between two tasks'
		: `▸ attempt ${attempt.number}/${settings.attempts}`;
	return [number, asked, plainLine(attempt.text)];
}

function session({ attempt }: Run, scene: Scene, { since, sign, tool }: Vitals, columns: number): string[] {
	if (!attempt) return [];
	const { open } = attempt;
	if (!open || since === null) return [stage(attempt)];
	const prompt = [scene.worker, scene.consolidator, ...scene.reviewers].find(
		({ name }) => name === open.prompt,
	);
	const model = prompt?.model[Math.min(attempt.number, prompt.model.length) - 1] ?? '';
	const heard = sign === null ? 'nothing heard yet' : `last sign ${duration(scene.now - sign)} ago`;
	const before = [`${open.role} ${open.session.slice(0, 4)}`, duration(scene.now - since), heard];
	const behind = [plainLine(open.agent), model].filter((part) => part !== '');
	const room = columns - widthOf(`  ${[...before, '', ...behind].join(' · ')}`);
	return [...before, shortened(tool, room), ...behind];
}

/** A tool call as safe words, in no more columns than there are: else the agent behind it would not be seen. */
function shortened(tool: string | null, room: number): string {
	return tool === null || room < FEWEST ? '' : cutToWidth(plainLine(tool), Math.min(room, MOST));
}

/** In columns: less tells nothing, and more is not taken in at a glance. */
const [FEWEST, MOST] = [6, 60];

function stage({ work, proposal, checks, sealed }: NonNullable<Run['attempt']>): string {
	if (sealed) return 'landing';
	if (checks) return 'checked';
	if (proposal) return 'checks run';
	return work ? 'what it left is looked at' : 'a session is about to begin';
}

function night(run: Run, scene: Scene, clock: (at: Time) => string): string[] {
	const { todo, settings, now } = scene;
	const over = deadlineOf(run, scene);
	const { usd, tokens: most, sessions } = settings.budget;
	return [
		...(todo.kind === 'list' ? progress(todo.todo, settings.optional) : []),
		over === null ? '' : `until ${clock(over)}, ${duration(over - now)} left`,
		price(run.spent, usd),
		spent(run.spent.tokens, most, (count) => `${tokens(count)} tokens`),
		sessions === null ? '' : `${run.spent.sessions} of ${sessions} sessions`,
		run.branch === null ? '' : plainLine(run.branch.replace('refs/heads/', '')),
	];
}

/** A budget counts what is billed. What a subscription pays for is told as what it would have cost. */
function price({ usd, billed }: Run['spent'], limit: number | null): string {
	if (limit !== null) return `${money(billed)} of ${money(limit)}`;
	return usd === 0 ? '' : money(usd, billed < usd ? 'subscription' : 'key');
}

/** Nothing where there is neither a figure nor a limit. */
function spent(used: number, limit: number | null, words: (amount: number) => string): string {
	if (limit !== null) return `${words(used)} of ${words(limit)}`;
	return used === 0 ? '' : words(used);
}

function progress({ tasks }: Todo, optional: boolean): string[] {
	const leaves = tasks.filter(({ kind }) => kind === 'leaf');
	const count = (state: string) => leaves.filter((task) => task.state === state).length;
	const [done, parked] = [count('done'), count('parked')];
	const open = leaves.filter((task) => isOpenLeaf(task) && (optional || !task.optional)).length;
	return [
		`${done} of ${done + parked + open} done`,
		parked === 0 ? '' : parked === 1 ? '1 needs you' : `${parked} need you`,
	];
}
