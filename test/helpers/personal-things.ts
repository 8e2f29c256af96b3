import type { Repository } from './repository.ts';

/** Staged and unstaged changes where they may be at a start, a stash, an untracked file. */
export async function leavePersonalThings(repository: Repository): Promise<void> {
	await repository.write('README.md', 'A better project.\n');
	await repository.git('stash', 'push', '--quiet');
	for (const path of ['memory/notes.md', 'prompts/worker.md']) {
		await repository.write(path, `${await repository.read(path)}staged\n`);
		await repository.git('add', path);
		await repository.write(path, `${await repository.read(path)}not staged\n`);
	}
	await repository.write('scribble.txt', 'mine\n');
}
