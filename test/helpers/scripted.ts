import { agent, type Plan } from './repository.ts';

/** Scripts of sh, by the names of the prompts whose sessions follow them: worker, reviewer, reviewer-second, planner. */
export type Scripts = Readonly<Record<string, string>>;

/**
 * A repository in which each session does what a script says, on top of what test/fixtures/agents/protocol.sh offers.
 * `ofPrompts`: further lines of a prompt's front matter. Who has no script writes one file, or approves.
 */
export function scripted(
	scripts: Scripts,
	plan: Plan = {},
	ofPrompts: Readonly<Record<string, readonly string[]>> = {},
): Plan {
	const all: Scripts = { worker: 'do_the_task', reviewer: 'approve', ...scripts };
	const files = Object.entries(all).flatMap(([name, script]) => [
		[`../scripts/${name}.sh`, `${script}\n`],
		[`prompts/${name}.md`, promptOf(name, ofPrompts[name] ?? [])],
	]);
	return { ...plan, files: { ...Object.fromEntries(files), ...plan.files } };
}

/** With every hole that a session of the role is given something for. */
function promptOf(name: string, more: readonly string[]): string {
	const isWorker = name === 'worker';
	const isReviewer = !isWorker && name !== 'planner';
	const filled = (isWorker ? OF_WORKER : isReviewer ? OF_REVIEWER : OF_PLANNER).map(
		(hole) => `# ${hole}\n\n{{${hole}}}\n`,
	);
	const verdict = !isReviewer ? [] : ['# verdict\n\n```verdict {{nonce}}\nJSON\n```\n'];
	const agentLine = `agent: ${agent('follows-its-script')} ${name}`;
	return ['---', agentLine, ...more, '---', ...filled, ...verdict].join('\n');
}

const OF_WORKER = ['memory', 'todo', 'checks', 'findings', 'details', 'task'];
const OF_PLANNER = ['memory', 'todo', 'findings', 'task', 'spec'];
const OF_REVIEWER = ['memory', 'checks', 'base', 'candidate', 'diffstat', 'changes', 'details', 'task'];
