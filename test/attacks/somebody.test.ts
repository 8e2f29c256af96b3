import process from 'node:process';
import { it } from 'vitest';
import { type Attack, behindEachWalls, titled, withstand } from './attack.ts';

/** The same by a user who is not root, for whom the kernel puts walls up in another way. */
const workers: Attack[] = [
	{ worker: 'tears-at-the-walls', reviewer: 'rejects', ends: 'parked', line: /ticked/ },
	{ worker: 'installs-hooks', line: /hooks\/pre-commit/ },
	{ worker: 'removes-the-git-directory', line: /\.git\b/ },
	{ worker: 'clears-the-stash', line: /stash/ },
	{ worker: 'links-the-room-outside' },
	{ worker: 'starts-500-children' },
	{ worker: 'renames-the-list', reviewer: 'rejects', ends: 'parked', line: /todo\.md was removed/ },
];

const reviewers: Attack[] = [
	{ reviewer: 'changes-a-file-then-approves', ends: 'parked' },
	{ reviewer: 'removes-its-room-then-approves', ends: 'parked' },
	{ reviewer: 'rewrites-dependencies-in-its-room' },
	{ reviewer: 'writes-to-the-repository', ends: 'either' },
	{ reviewer: 'leaves-a-daemon-that-edits', ends: 'either' },
];

behindEachWalls((walls) => {
	// Who is not root has run all the others as somebody.
	const asRoot = process.getuid?.() === 0;
	it.runIf(asRoot).each(titled(workers, 'worker'))('nobody is served by a worker that %s', (_, attack) =>
		withstand({ ...attack, as: 'somebody' }, walls),
	);
	it.runIf(asRoot).each(titled(reviewers, 'reviewer'))(
		'nobody is served by a reviewer that %s',
		(_, attack) => withstand({ ...attack, as: 'somebody' }, walls),
	);
});
