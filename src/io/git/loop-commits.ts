import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { landingsOf } from '../../core/run/landings.ts';
import type { LoopCommit } from '../../core/run/landings.ts';
import type { CommitId, TaskId } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { asText } from '../steering/steering-files.ts';

/** The commit that a person names; null where git knows none of that name. */
export async function commitNamed(project: Project, name: string): Promise<LoopCommit | null> {
	const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
	const id = (await project.git(args, { answers: [0, 1, 128] })).trim();
	return id === '' ? null : ((await commits(project, ['--max-count=1', id]))[0] ?? null);
}

/** What became of a task's landings on the branch that is checked out. */
export async function landingsOnBranch(
	project: Project,
	task: TaskId,
): Promise<ReturnType<typeof landingsOf> & { readonly cutOff: LoopCommit | null }> {
	const found = await commits(project, ['-F', `--grep=Nightloop-Task: ${task}`, 'HEAD']);
	const named = found.filter(({ tasks }) => tasks.includes(task));
	const cutOff = named.find((each) => isCutOff(project, each)) ?? null;
	return { ...landingsOf(named), cutOff };
}

/** All of the branch that is checked out that name a task, newest first. */
export function commitsOnBranch(project: Project): Promise<LoopCommit[]> {
	return commits(project, ['--grep=^Nightloop-Task: ', 'HEAD']);
}

/** Whether a shallow clone ends at the commit: what it stands on is not here. */
export function isCutOff({ commonDir }: Project, { commit }: LoopCommit): boolean {
	const shallow = path.join(commonDir, 'shallow');
	return existsSync(shallow) && readFileSync(shallow, 'utf8').split('\n').includes(commit);
}

/** Those since a commit that changed one of some paths (one character a byte), newest first. */
export function commitsTouching(
	project: Project,
	since: CommitId,
	files: readonly string[],
): Promise<LoopCommit[]> {
	return commits(project, ['--full-history', `${since}..HEAD`, '--', ...files.map(asText)]);
}

export async function isOnBranch(project: Project, commit: CommitId): Promise<boolean> {
	return (await project.git(['rev-list', '--max-count=1', commit, '^HEAD'])) === '';
}

/** Newest first, whatever their dates say. */
async function commits(project: Project, which: readonly string[]): Promise<LoopCommit[]> {
	const how = ['--topo-order', '--encoding=UTF-8', '--no-commit-header', `--format=${FORMAT}`];
	const fields = (await project.git(['--literal-pathspecs', 'rev-list', ...how, ...which])).split('\0');
	const found: LoopCommit[] = [];
	for (let at = 0; at + 6 <= fields.length; at += 6) {
		const own = fields.slice(at, at + 6);
		const [commit = '', parents = '', tasks = '', undoes = '', sessions = '', subject = ''] = own;
		found.push({
			commit: commit.trim() as CommitId,
			parents: words(parents) as CommitId[],
			tasks: words(tasks),
			undoes,
			sessions: words(sessions),
			subject,
		});
	}
	return found;
}

const SESSIONS = `${trailer('Worker')} ${trailer('Reviewer')}`;

/** A message can hold any character but NUL. */
const FORMAT = ['%H', '%P', trailer('Task'), trailer('Undo'), SESSIONS, '%s', ''].join('%x00');

function trailer(name: string): string {
	return `%(trailers:key=Nightloop-${name},valueonly,separator=%x20)`;
}

function words(text: string): string[] {
	return text.split(' ').filter((word) => word !== '');
}
