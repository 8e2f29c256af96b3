import path from 'node:path';
import { endWords } from '../core/ends.ts';
import { exitCode } from '../core/exit-code.ts';
import { additionTo } from '../core/plan/addition.ts';
import { judgeOrder, planOrder } from '../core/plan/orders.ts';
import { planLines } from '../core/plan/plan.ts';
import type { Plan } from '../core/plan/plan.ts';
import { plainLine } from '../core/plain.ts';
import { replay } from '../core/run/run.ts';
import { openTasks } from '../core/todo/todo.ts';
import type { Finding, Prompt, Scene } from '../core/types.ts';
import { openBeside } from '../io/beside.ts';
import type { Beside } from '../io/beside.ts';
import { closeInheritedFolders } from '../io/inherited.ts';
import { readJournal } from '../io/journal.ts';
import { takeLock } from '../io/lock.ts';
import { ownFile, ownFolder } from '../io/own-folder.ts';
import { findProject } from '../io/project.ts';
import type { Project } from '../io/project.ts';
import { appendTo } from '../io/steering/append.ts';
import { rulesAtStart } from '../io/steering/rules-at-start.ts';
import type { StartRules } from '../io/steering/rules-at-start.ts';
import { startedFrom } from '../io/steering/within-session.ts';
import { sessionText } from './dry-run.ts';
import { overridesOf } from './options.ts';
import type { Options } from './options.ts';
import { checkList } from './plan-check.ts';
import { readList, withWords } from './plan-desk.ts';
import type { List } from './plan-desk.ts';
import { counted, planInRounds, ROUNDS } from './plan-rounds.ts';
import type { Desk } from './plan-rounds.ts';
import { readSpec } from './read-spec.ts';
import type { Spec } from './read-spec.ts';

/** Turns a spec into tasks at the end of the list, once a reviewer has approved them; or judges the list as it is. */
export async function plan(options: Options): Promise<number> {
	const { folder, words, flags } = options;
	closeInheritedFolders();
	const project = await findProject(folder, flags.todo);
	const list = await readList(project);
	const spec = flags['check-list'] ? null : await readSpec(project.folder, words);
	const [overrides, from] = [overridesOf(flags), startedFrom(project)];
	if (flags['dry-run']) return showFirst(project, list, spec, overrides);
	const look = flags.json ? 'json' : 'plain';
	const lock = await takeLock(project.gitDir);
	try {
		const about = spec?.name ?? list.name;
		const agents = ({ planner, reviewers }: StartRules) => [planner, ...(spec ? [judging(reviewers)] : [])];
		const beside = await openBeside(project, overrides, from, { about, look, agents });
		try {
			return await (spec ? planSpec(project, beside, list, spec) : checkList(beside, list, look));
		} finally {
			await beside.close();
		}
	} finally {
		await lock.release();
	}
}

async function planSpec(project: Project, beside: Beside, list: List, spec: Spec): Promise<number> {
	const { rules, run, session } = beside;
	const desk: Desk = {
		...deskFor(list, spec),
		run,
		session,
		planner: rules.planner,
		reviewer: judging(rules.reviewers),
	};
	const planning = await planInRounds(desk);
	if (planning.kind === 'cut off') {
		const stop = beside.stop();
		if (stop.kind !== 'none') return exitCode({ kind: 'signal', signal: stop.signal });
		console.log(`✗ nothing was planned: the session ${endWords(planning.end)}`);
		return NOT_LANDED;
	}
	if (planning.kind === 'rejected') {
		const kept = keep(project, notes(planning.findings, planning.answer));
		console.log(
			`✗ no plan was approved in ${ROUNDS} rounds; ${list.name} is as it was. The last one: ${kept}`,
		);
		return NOT_LANDED;
	}
	for (const what of planning.plan.leftOut) console.log(`· left out ${what}`);
	return write(project, list, planning.plan, desk.title);
}

const NOT_LANDED = 3;

async function write(project: Project, { name }: List, plan: Plan, title: string): Promise<number> {
	if (plan.tasks.length === 0) {
		console.log(`■ nothing to add: ${name} has it all`);
		return 0;
	}
	const kept = keep(project, `${planLines(plan).join('\n')}\n`);
	const addition = await appendTo(project.todo, (bytes) => additionTo(bytes, plan, title));
	if (addition === null) {
		console.log(
			`✗ ${name} was changed meanwhile, and the tasks cannot be put below it now. They are in ${kept}`,
		);
		return NOT_LANDED;
	}
	console.log(`✓ ${counted(plan)} added to ${name}, from line ${addition.line} on`);
	return 0;
}

function deskFor(
	{ text, todo, bytes }: List,
	{ name, text: spec }: Spec,
): Pick<Desk, 'brief' | 'todo' | 'bytes' | 'title'> {
	return { brief: { about: name, spec, todo: text }, todo, bytes, title: `Tasks from ${name}` };
}

/** Who judges plans: the agent of prompts/reviewer.md, with words of its own. */
function judging(reviewers: Scene['reviewers']): Prompt {
	const reviewer = reviewers.find(({ name }) => name === 'reviewer') ?? reviewers[0]!;
	return withWords(reviewer, 'review');
}

/** Where a plan can be found that did not get into the list. Returns the path, for people. */
function keep({ logs, folder }: Project, text: string): string {
	const file = path.join(logs, 'plan.md');
	ownFolder(logs);
	ownFile(file, text);
	return path.relative(folder, file);
}

function notes(findings: readonly Finding[], answer: string): string {
	const lines = findings.map(
		({ what, evidence }) => `- ${plainLine(what, 4000)}\n${evidence.replaceAll(/^/gm, '  ')}\n`,
	);
	return `# Why it was rejected\n\n${lines.join('')}\n# What was proposed\n\n${answer}\n`;
}

/** The session that would come first. Spawns nothing. */
async function showFirst(
	project: Project,
	list: List,
	spec: Spec | null,
	overrides: ReturnType<typeof overridesOf>,
): Promise<number> {
	const run = replay(await readJournal(project.state));
	const { planner, settings } = await rulesAtStart(project, overrides, run, 'nowhere');
	const order = spec
		? planOrder(run, planner, deskFor(list, spec).brief, 1, [])
		: judgeOrder(
				run,
				withWords(planner, 'check'),
				list.name,
				list.text,
				openTasks(list.todo, settings.optional),
			);
	console.log(sessionText(order));
	return 0;
}
