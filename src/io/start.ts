import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { adapterFor, programOf } from '../core/agents/agents.ts';
import { UserError } from '../core/errors.ts';
import type { Prompt } from '../core/types.ts';
import { isGitError } from './git/git.ts';
import { isKilled } from './git/killed.ts';
import { findProgram } from './find-program.ts';
import type { Project } from './project.ts';
import { asBytes, asText, steeringTest } from './steering/steering-files.ts';

/** How the work tree stands before the loop touches anything. */
export interface Standing {
	/** Tracked files that differ from HEAD, or are staged; steering files and memory/ aside. */
	readonly changed: readonly string[];
	/** One character a byte. */
	readonly untracked: readonly string[];
}

/** Rejects with a `UserError` for every state of a repository in which a loop should not begin. Changes nothing. */
export async function checkRepository(project: Project): Promise<Standing> {
	refuseUnfinished(project);
	const checks = [refuseSparse(project), refuseHidden(project), refuseNameless(project)];
	const [status] = await Promise.all([readStatus(project), ...checks]);
	return status;
}

/** Of the changed files those that lie in the work tree otherwise than in HEAD, whatever is staged. */
export async function changedInTree(project: Project, changed: readonly string[]): Promise<string[]> {
	const args = ['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', 'HEAD'];
	const names = (await project.git(args, { encoding: 'latin1' })).split('\0').map(asText);
	return changed.filter((name) => names.includes(name));
}

/**
 * Rejects with a `UserError` when an agent is not there, or would refuse to run. A fallback of which that is so is left out:
 * prompts are shared by people who do not all have it. Resolves to the notices that say so.
 */
export async function checkAgents(prompts: readonly Prompt[]): Promise<string[]> {
	const notices: string[] = [];
	for (const prompt of prompts) {
		const refused = await refusal(prompt, prompt.agent);
		if (refused) throw refused;
		for (const agent of prompt.fallback) {
			const why = await refusal(prompt, agent);
			if (why) notices.push(`${prompt.name}: no fallback to ${agent} in this run. ${why.what} ${why.why}`);
		}
	}
	return [...new Set(notices)];
}

/** Leaves out the fallbacks that could not be used when they were first looked at: a session of one would come to nothing. */
export function openFallbacks(): (prompts: readonly Prompt[]) => Promise<Prompt[]> {
	const known = new Map<string, boolean>();
	const without = async (prompt: Prompt): Promise<Prompt> => {
		const fallback: string[] = [];
		for (const agent of prompt.fallback) {
			const key = `${prompt.name} ${agent}`;
			if (!known.has(key)) known.set(key, (await refusal(prompt, agent)) === null);
			if (known.get(key)) fallback.push(agent);
		}
		return prompt.fallback.length === 0 ? prompt : { ...prompt, fallback };
	};
	return (prompts) => Promise.all(prompts.map(without));
}

async function refusal(prompt: Prompt, agent: string): Promise<UserError | null> {
	const { name, install } = adapterFor(agent);
	const program = programOf(agent);
	const env = { ...process.env, ...prompt.env };
	if (program && !(await findProgram(program, withoutNulls(env)))) return notFound(program, install, prompt);
	return name === 'claude' && process.getuid?.() === 0 && !env['IS_SANDBOX'] ? claudeAsRoot() : null;
}

/** Refuses tracked changes that are nobody's: neither a clean stop's nor an interrupted attempt's. */
export function refuseChanges(changed: readonly string[]): UserError {
	const names = changed.slice(0, 5).join(', ');
	return new UserError({
		what: `The work tree has changes that are not committed: ${names}${changed.length > 5 ? ` and ${changed.length - 5} more` : ''}.`,
		why: 'They would be judged, and land, as if an agent had made them.',
		fix: 'Commit them, or put them aside: git stash',
	});
}

const UNFINISHED = [
	['MERGE_HEAD', 'merge', 'git merge --continue, or git merge --abort'],
	['rebase-merge', 'rebase', 'git rebase --continue, or git rebase --abort'],
	['rebase-apply', 'rebase', 'git rebase --continue, or git rebase --abort'],
	['CHERRY_PICK_HEAD', 'cherry-pick', 'git cherry-pick --continue, or git cherry-pick --abort'],
	['REVERT_HEAD', 'revert', 'git revert --continue, or git revert --abort'],
	['BISECT_LOG', 'bisect', 'git bisect reset'],
] as const;

function refuseUnfinished(project: Project): void {
	const found = UNFINISHED.find(([file]) => existsSync(path.join(project.gitDir, file)));
	if (!found) return;
	const [, what, fix] = found;
	throw new UserError({
		what: `A ${what} is in progress.`,
		why: 'The loop commits to the branch, and would get in between.',
		fix,
	});
}

async function readStatus(project: Project): Promise<Standing> {
	// No git is run in a submodule: it would go by a configuration that a session may have written.
	const which = ['--untracked-files=all', '--ignore-submodules=dirty', '--no-renames'];
	const args = ['status', '--porcelain=v2', '--branch', '-z', ...which];
	const fields = (await project.git(args, { encoding: 'latin1' })).split('\0');
	const header = (name: string) =>
		fields.find((field) => field.startsWith(`# ${name} `))?.slice(name.length + 3);
	if (header('branch.oid') === '(initial)') {
		throw new UserError({
			what: 'The repository has no commit yet.',
			why: 'Every attempt starts from a commit.',
			fix: 'git add -A && git commit -m start   (or: git commit --allow-empty -m start)',
		});
	}
	if (header('branch.head') === '(detached)') {
		throw new UserError({
			what: 'HEAD is detached.',
			why: 'What is approved lands on a branch, and none is checked out.',
			fix: 'git switch BRANCH',
		});
	}
	const isSteering = steeringTest(project);
	const memory = asBytes(`${project.prefix}memory/`);
	const changed = fields.filter((field) => /^[12u] /.test(field)).map(pathOf);
	const untracked = fields.filter((field) => field.startsWith('? ')).map((field) => field.slice(2));
	return {
		changed: changed.filter((name) => !isSteering(name) && !name.startsWith(memory)).map(asText),
		untracked: untracked.filter((name) => !isSteering(name)),
	};
}

/** `1 XY sub mH mI mW hH hI path`; unmerged ones have two more fields. */
function pathOf(field: string): string {
	return field
		.split(' ')
		.slice(field.startsWith('u') ? 10 : 8)
		.join(' ');
}

async function refuseSparse(project: Project): Promise<void> {
	const sparse = await project.git(['config', '--type=bool', '--get', 'core.sparseCheckout'], {
		answers: [0, 1],
	});
	if (sparse.trim() !== 'true') return;
	throw new UserError({
		what: 'This is a sparse checkout.',
		why: 'What is not in the work tree would look as if it were deleted.',
		fix: 'git sparse-checkout disable',
	});
}

/** git does not look at such files, so that what is in them would be committed as if somebody had written it there. */
async function refuseHidden(project: Project): Promise<void> {
	const flagged = (await project.git(['ls-files', '-v'])).split('\n').filter((line) => /^[a-zS] /.test(line));
	if (flagged.length === 0) return;
	const name = flagged[0]!.slice(2);
	throw new UserError({
		what: `${flagged.length === 1 ? name : `${name} and ${flagged.length - 1} more files`} are hidden from git (skip-worktree or assume-unchanged).`,
		why: 'Changes in them cannot be told from an agent’s.',
		fix: `git update-index --no-skip-worktree --no-assume-unchanged '${name}', for each that git ls-files -v shows as S or in lower case`,
	});
}

async function refuseNameless(project: Project): Promise<void> {
	try {
		await project.git(['var', 'GIT_AUTHOR_IDENT']);
	} catch (error) {
		if (!isGitError(error) || isKilled(error)) throw error;
		throw new UserError({
			what: 'git does not know who you are.',
			why: 'You are the author of what lands.',
			fix: 'git config user.name NAME && git config user.email ADDRESS',
		});
	}
}

function withoutNulls(env: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
	);
}

function notFound(program: string, install: string | null, prompt: Prompt): UserError {
	return new UserError({
		what: `The agent ${program} was not found.`,
		why: `The ${prompt.role}${prompt.role === prompt.name ? '' : ` (${prompt.name})`} is to run it, and it is not on the PATH.`,
		fix: `${install === null ? 'Install it' : `Install it (${install})`}, or name another agent: in prompts/${prompt.name}.md, or with --${prompt.role === 'reviewer' ? 'reviewer' : 'agent'}.`,
	});
}

function claudeAsRoot(): UserError {
	return new UserError({
		what: 'claude refuses to work unattended as root.',
		why: 'Its flag for it is not accepted from root outside a sandbox.',
		fix: "Start nightloop as another user, or, on a throw-away machine, add env: {IS_SANDBOX: '1'} to the prompt's front matter.",
	});
}
