import { adapterFor } from '../core/agents/agents.ts';
import { reviewOrder, workOrder } from '../core/orders.ts';
import { fillPrompt } from '../core/rules/prompt-file.ts';
import { NOTHING_DONE } from '../core/run/parts.ts';
import { replay } from '../core/run/run.ts';
import { runBy } from '../core/stand-in.ts';
import { nextOpen } from '../core/todo/todo.ts';
import type { Attempt, Candidate, CommitId, Scene, SessionOrder, Task, Todo, TreeId } from '../core/types.ts';
import { THE_WAY } from '../core/words.ts';
import { readJournal } from '../io/journal.ts';
import { findProject } from '../io/project.ts';
import { rulesAtStart } from '../io/steering/rules-at-start.ts';
import type { StartRules } from '../io/steering/rules-at-start.ts';
import { readStart } from '../io/start-list.ts';
import { startedFrom } from '../io/steering/within-session.ts';
import { specBeside } from '../io/steering/spec-beside.ts';
import { checkAgents, checkRepository } from '../io/start.ts';
import { overridesOf } from './options.ts';
import type { Options } from './options.ts';

/** Shows what a run would take as tasks, and what it would do first. Spawns no agent, writes nothing. */
export async function dryRun({ folder, flags }: Options): Promise<number> {
	const project = await findProject(folder, flags.todo);
	const [overrides, before] = [overridesOf(flags), replay(await readJournal(project.state))];
	const start = await readStart(project, overrides, before, startedFrom(project));
	const { held } = await rulesAtStart(project, overrides, before, 'nowhere');
	await checkRepository(project);
	const { missing, refused } = await agentsOf(start);
	const next = nextOpen(start.todo, start.settings.optional);
	const seen = { ...start, notices: [...start.notices, ...missing], spec: specBeside(project) };
	const text = () => asText(seen, next, heldLine(held, start));
	console.log(flags.json ? JSON.stringify({ ...asData(start.todo, next), held }) : text().join('\n'));
	if (refused !== null) throw refused;
	return 0;
}

/** An agent that cannot be used is no reason not to show the list: what a start would say of it is said below it. */
async function agentsOf({ worker, reviewers }: StartRules): Promise<{ missing: string[]; refused: unknown }> {
	try {
		return { missing: await checkAgents([worker, ...reviewers]), refused: null };
	} catch (refused) {
		return { missing: [], refused };
	}
}

/** What a start holds, from here or from where nobody sits. */
function heldLine(held: readonly string[], start: StartRules): string[] {
	if (held.length === 0) return [];
	const who = start.held.length === 0 ? 'an unattended start' : 'a start';
	return [`notice: ${who} holds as last accepted: ${held.join(', ')} (to take it: ${THE_WAY})`];
}

function asData({ tasks, ignored }: Todo, next: Task | null): object {
	const lineOf = new Map(tasks.map(({ id, line }) => [id, line]));
	const shown = tasks.map(({ line, state, text, details, breadcrumb, parent, optional }) => {
		const above = parent === null ? null : (lineOf.get(parent) ?? null);
		return { line, state, text, details, breadcrumb, parent: above, optional };
	});
	return { tasks: shown, ignored, next: next?.line ?? null };
}

function asText(start: Seen, next: Task | null, held: readonly string[]): string[] {
	const { todo, notices } = start;
	const column = (line: number) => String(line).padStart(5);
	return [
		...todo.tasks.map(
			(task) =>
				`${column(task.line)}  ${STATES[task.state]} ${task.text}${task.optional ? ' (optional)' : ''}`,
		),
		...todo.ignored.map((box) => `${column(box.line)}  ignored: ${box.text} (${box.why})`),
		...notices.map((notice) => `notice: ${notice}`),
		...held,
		...(next ? ordersFor(next, start).map(sessionText) : ['\nNothing is open.']),
	];
}

const STATES = { open: '[ ]', done: '[x]', parked: '[!]', dropped: '[-]' } as const;

type Seen = Awaited<ReturnType<typeof readStart>> & Pick<Scene, 'spec'>;

function ordersFor(
	task: Task,
	{ settings, worker, reviewers, consolidator, todo, text, spec }: Seen,
): SessionOrder[] {
	const run = replay([]);
	const stop = { kind: 'none' } as const;
	const scene: Scene = {
		now: 0,
		process: '',
		version: '',
		mode: 'once',
		todo: { kind: 'list', todo, text },
		settings,
		worker,
		reviewers,
		consolidator,
		memory: 0,
		spec,
		elsewhere: null,
		machine: null,
		setBack: 0,
		stop,
	};
	return [
		workOrder(run, scene, task, 1),
		...reviewers.map((prompt) => reviewOrder(run, scene, attemptOn(task), NO_CANDIDATE, task, prompt)),
	];
}

/** Stands where a run would have the commit that the worker's session led to. */
const NO_CANDIDATE: Candidate = {
	commit: 'CANDIDATE' as CommitId,
	tree: 'TREE' as TreeId,
	base: 'BASE' as CommitId,
	head: 'BASE' as CommitId,
	changes: [],
	weakened: [],
};

function attemptOn(task: Task): Attempt {
	const { id, text, line } = task;
	return {
		task: id,
		text,
		details: null,
		line,
		follower: null,
		number: 1,
		base: NO_CANDIDATE.base,
		branch: '',
		open: null,
		...NOTHING_DONE,
	};
}

/** A session as it would be: its command, and the prompt that it would be sent. */
export function sessionText(order: SessionOrder): string {
	const { fallback } = order.prompt;
	const stands = fallback.map((agent) => ({ ...order, model: null, prompt: runBy(order.prompt, agent) }));
	const instead = stands.map((stand) => `\n   while it cannot be used: ${commandOf(stand)}`).join('');
	const prompt = fillPrompt(order.prompt.body, {
		...order.holes,
		memory: '(memory/*.md)',
		nonce: '(a nonce)',
	});
	const head = `\n── ${order.role} (${order.prompt.name}): ${commandOf(order)}${instead}`;
	return `${head}\n${prompt.replaceAll(/^/gm, '   ')}`;
}

function commandOf({ role, model, prompt: { agent, args }, left }: SessionOrder): string {
	const launch = adapterFor(agent).launch({ role, model, args, line: agent, usd: left.usd });
	return [launch.file, ...launch.args].map(quoted).join(' ');
}

function quoted(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
