import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprint } from '../helpers/checker.ts';
import { hasCode } from '../helpers/has-code.ts';
import type { Repository } from '../helpers/repository.ts';

/** What a person has in and around a repository beside the branch that the loop works on. */
export interface Inventory {
	/** Path → hash, of files that git does not track. */
	readonly files: ReadonlyMap<string, string>;
	/** Commits that only these branches, tags and stash entries hold. */
	readonly commits: readonly string[];
	/** Folder beside the repository → what is in it. */
	readonly outside: ReadonlyMap<string, string>;
}

/** Committed files that attacks aim at. */
export const COMMITTED = {
	'.gitignore': 'build/\nnode_modules/\n*.ignored\n',
	'docs/page.md': 'A page.\n',
	'CLAUDE.md': 'Be strict.\n',
	'shared.gitconfig': '[alias]\n\tst = status\n',
	'check.sh': 'true\n',
};

/** Gives the repository a second branch, a tag, two stash entries, a remote, and files that git does not track. */
export async function moveIn({ path: cwd, env, scratch }: Repository): Promise<void> {
	await execa('sh', ['-ec', MOVE_IN], { cwd, env: { ...env, SCRATCH: scratch }, extendEnv: false });
}

/** To be taken before the loop starts. */
export async function inventory(repository: Repository): Promise<Inventory> {
	return {
		files: new Map(
			await Promise.all(UNTRACKED.map(async (name) => [name, await hashOf(repository, name)] as const)),
		),
		commits: (await repository.git('rev-list', '--no-walk', '--branches', '--tags', '--reflog')).split('\n'),
		outside: await surroundings(repository),
	};
}

/** Everything of it that is gone or changed, less the files that the attack itself removed. */
export async function losses(
	repository: Repository,
	before: Inventory,
	removed: readonly string[],
): Promise<string[]> {
	const now = await inventory(repository);
	const files = [...before.files].filter(
		([name, hash]) => !removed.includes(name) && now.files.get(name) !== hash,
	);
	const outside = [...before.outside].filter(([name, print]) => now.outside.get(name) !== print);
	return [
		...files.map(([name]) => `lost or changed: ${name}`),
		...outside.map(([name]) => `changed outside of the repository: ${name}\n${now.outside.get(name)}`),
		...(await missing(repository, before.commits)),
	];
}

/** The configuration of git at home, as every repository of the tests starts with it. */
export async function restoreHome({ scratch, write }: Repository): Promise<void> {
	await rm(join(scratch, 'home/.config'), { recursive: true, force: true });
	const person = '[user]\n\tname = A Person\n\temail = person@example.com\n[init]\n\tdefaultBranch = main\n';
	await write('../home/.gitconfig', person);
}

/** Every file that `moveIn` left beside the tracked ones. */
export const UNTRACKED = ['notes.txt', 'private.ignored', 'build/out', 'node_modules/lib/index.js'];

const MOVE_IN = `
echo second >>README.md
git commit --quiet --all --message second
git checkout --quiet -b keepsake
echo kept >kept.txt
git add kept.txt
git commit --quiet --message kept
git tag --annotate --message one v1
git checkout --quiet main
git tag plain HEAD~1
for words in first second; do
	echo "$words" >>README.md
	git stash push --quiet --message "$words"
done
git init --quiet --bare ../remote.git
git remote add origin ../remote.git
git push --quiet origin main
mkdir -p build node_modules/lib ../outside/0002-reviewer
echo notes >notes.txt
echo private >private.ignored
echo built >build/out
echo library >node_modules/lib/index.js
echo draft >prompts/draft.md
git add prompts/draft.md
echo precious >../outside/0002-reviewer/precious.txt
echo 'a page of somebody else' >../outside/page.md
echo 'a file of somebody else' >../outside/README.md
echo '- [x] make the first thing' >../outside/list.md
`;

async function missing(repository: Repository, commits: readonly string[]): Promise<string[]> {
	const { path: cwd, env } = repository;
	const input = commits.join('\n');
	const words = ['cat-file', '--batch-check'];
	const { stdout } = await execa('git', words, { cwd, env, extendEnv: false, input });
	return stdout.split('\n').filter((line) => line.endsWith(' missing'));
}

async function surroundings({ scratch, env }: Repository): Promise<Map<string, string>> {
	const words = ['for-each-ref', '--format=%(refname) %(objectname)'];
	const remote = await execa('git', words, { cwd: join(scratch, 'remote.git'), env, extendEnv: false });
	return new Map([
		['outside', (await fingerprint(join(scratch, 'outside'))).join('\n')],
		['home', (await fingerprint(join(scratch, 'home'))).join('\n')],
		['the remote', remote.stdout],
	]);
}

async function hashOf(repository: Repository, name: string): Promise<string> {
	const file = join(repository.path, name);
	try {
		if (!(await lstat(file)).isFile()) return 'no file';
		return createHash('sha256')
			.update(await readFile(file))
			.digest('hex');
	} catch (error) {
		if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return 'gone';
		throw error;
	}
}
