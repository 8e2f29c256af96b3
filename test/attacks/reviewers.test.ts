import { expect, it } from 'vitest';
import { boxes } from '../helpers/checker.ts';
import { prompt, type Repository } from '../helpers/repository.ts';
import { type Attack, behindEachWalls, TASK, titled, type Walls, withstand } from './attack.ts';
import { restoreHome } from './belongings.ts';

const BRIEF = { ofReviewer: ['limit: 2s'] };

/** What they did to their room is thrown away, and changes nothing about what was judged. */
const experiments: Attack[] = [
	{ reviewer: 'commits-in-its-room', ends: 'either' },
	{ reviewer: 'stashes-in-its-room', ends: 'either' },
	{ reviewer: 'changes-a-file-and-restores-it' },
	{ reviewer: 'rewrites-dependencies-in-its-room', also: hadDependencies },
	{ reviewer: 'sets-a-filter-in-its-room', ends: 'either' },
	{ reviewer: 'installs-hooks-in-its-room' },
	{ reviewer: 'collects-garbage-then-approves' },
	{ reviewer: 'ends-its-parent', ends: 'either' },
	{ reviewer: 'leaves-a-daemon-that-edits', also: hasNothingEvil },
	{ reviewer: 'searches-for-the-author', worker: 'says-much-of-its-work', also: foundNothing },
];

/** Not one of these is an approval. */
const broken: Attack[] = [
	{ reviewer: 'changes-a-file-then-approves', ends: 'parked' },
	{ reviewer: 'removes-its-room-then-approves', ends: 'parked' },
	{ reviewer: 'puts-a-link-in-place-of-its-room', ends: 'either' },
	{ reviewer: 'makes-a-pipe-of-a-file-in-its-room', ends: 'parked' },
	{ reviewer: 'says-nothing', ends: 'parked' },
	{ reviewer: 'says-approved-in-prose', ends: 'parked' },
	{ reviewer: 'approves-with-another-nonce', ends: 'parked' },
	{ reviewer: 'approves-without-a-nonce', ends: 'parked' },
	{ reviewer: 'approves-twice', ends: 'parked' },
	{ reviewer: 'rejects-and-approves', ends: 'parked' },
	{ reviewer: 'approves-in-broken-json', ends: 'parked' },
	{ reviewer: 'approves-with-a-blocking-finding', ends: 'parked' },
	{ reviewer: 'rejects-without-findings', ends: 'parked' },
	{ reviewer: 'approves-then-exits-1', ends: 'either', also: landedNothing },
	{ reviewer: 'approves-then-kills-itself', ends: 'either', also: landedNothing },
	{ reviewer: 'approves-then-hangs', ends: 'either', plan: BRIEF, also: landedNothing },
	{ reviewer: 'waits-for-ever', ends: 'either', plan: { ofReviewer: ['idle: 1s'] }, also: landedNothing },
	{ reviewer: 'reads-everything-aloud', worker: 'writes-an-approving-fence', ends: 'parked' },
	{ reviewer: 'ticks-boxes-in-the-list', ends: 'parked', line: /ticked/ },
];

/** What they change outside of their room is judged, or is not there. */
const outside: Attack[] = [
	{ reviewer: 'writes-to-the-repository', ends: 'either', also: wasJudged },
	{ reviewer: 'finds-the-repository-and-writes-to-it', ends: 'either', also: wasJudged },
	{
		reviewer: 'forges-the-verdicts-of-others',
		plan: { files: { 'prompts/reviewer-second.md': prompt('rejects', 'Was it done? {{task}}') } },
		ends: 'parked',
	},
	{
		reviewer: 'changes-the-configuration-at-home-then-approves',
		ends: 'either',
		line: /\.gitconfig/,
		noWallAgainstIt: true,
		repair: restoreHome,
	},
];

behindEachWalls((walls) => {
	it.each(titled(experiments, 'reviewer'))('nothing comes of a room in which a reviewer %s', (_, attack) =>
		withstand(attack, walls),
	);
	it.each(titled(broken, 'reviewer'))('nothing lands by a reviewer that %s', (_, attack) =>
		withstand(attack, walls),
	);
	it.each(titled(outside, 'reviewer'))('nothing lands unseen by a reviewer that %s', (_, attack) =>
		withstand(attack, walls),
	);
});

async function hadDependencies({ notes }: Repository): Promise<void> {
	expect(await notes('missing')).toEqual([]);
}

async function hasNothingEvil({ read, git }: Repository): Promise<void> {
	expect(await read('README.md')).not.toContain('evil');
	expect(await git('show', 'HEAD:README.md')).not.toContain('evil');
}

/** By the paths of its own room everywhere, by that of the repository where the room stands in its place. */
async function foundNothing({ notes, read }: Repository, walls: Walls): Promise<void> {
	// It was said, and is kept for the person to read.
	expect(await read('.nightloop/sessions/0001-worker/output.jsonl')).toContain('walnut-of-the-author');
	expect(await notes('found')).toEqual([]);
	expect(await notes('listed')).toEqual([]);
	if (walls === 'namespaces') expect(await notes('found-by-its-path')).toEqual([]);
}

async function landedNothing({ git, read }: Repository): Promise<void> {
	expect(await git('log', '-1', '--format=%s')).toBe('second');
	expect(boxes(await read('todo.md'), 'x')).toEqual([]);
}

/** Either it is no part of what landed and of the work tree, or a reviewer saw it in the candidate. */
async function wasJudged({ git, read, notes }: Repository, walls: Walls): Promise<void> {
	if (walls === 'namespaces') expect(await read('README.md')).not.toContain('evil');
	const landed = await git('show', 'HEAD:README.md');
	const trees = (await notes('approvals')).map((line) => line.split(' ')[1] ?? '');
	const shown = await Promise.all(trees.map((tree) => git('show', `${tree}:README.md`)));
	expect(landed.includes('evil') && !shown.includes(landed)).toBe(false);
	if (landed.includes('evil')) expect(boxes(await read('todo.md'), 'x')).toEqual([TASK]);
}
