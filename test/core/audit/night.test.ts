import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loop } from '../../../loop.ts';
import { tellStory } from '../../../src/core/audit/story.ts';
import { nextOpen } from '../../../src/core/todo/todo.ts';
import type { CommitId, Ending, SessionEnd } from '../../../src/core/types.ts';
import { approves, fakeWorld, newDisk, prompt, rejects } from '../../helpers/fake-world.ts';
import type { Disk, FakeOptions } from '../../helpers/fake-world.ts';
import { todo } from '../../helpers/parts.ts';

/**
 * Any night: what agents, checks, the machine and a person may do, drawn at random and played one after the other. When
 * a script is used up everybody behaves, so that the night can come to its end.
 */
interface Night {
	readonly workers: readonly Worker[];
	readonly reviewers: readonly Reviewer[];
	readonly checks: readonly ('green' | 'red' | 'overtime')[];
	readonly drifts: readonly ('still' | 'changed')[];
	/** How long those of the sessions are, in tokens. */
	readonly notes: number;
	/** One at each look. */
	readonly person: readonly Person[];
	/** Effects that each life of the loop gets done before it is killed. */
	readonly lives: readonly number[];
}

type Cut = keyof typeof ENDS;
type Worker = 'works' | 'changes nothing' | 'already done' | 'blocked' | Cut;
type Reviewer = 'approves' | 'rejects' | 'mumbles' | 'another nonce' | 'dirty room' | Cut;
type Person =
	| 'sleeps'
	| 'ticks'
	| 'unticks'
	| 'drops'
	| 'deletes'
	| 'rewords'
	| 'reopens'
	| 'adds above'
	| 'empties'
	| 'commits'
	| 'asks to finish'
	| 'asks to stop';

const ENDS = {
	failed: { kind: 'failed', exitCode: 1, signal: null, message: 'it broke' },
	limited: { kind: 'limited', until: null, message: 'come back' },
	outage: { kind: 'outage', message: 'overloaded' },
	auth: { kind: 'auth', message: 'log in' },
	idle: { kind: 'idle', ms: 1 },
	overtime: { kind: 'overtime', ms: 1 },
} as const satisfies Record<string, SessionEnd>;
const CUTS: readonly Cut[] = ['failed', 'limited', 'outage', 'auth', 'idle', 'overtime'];
const REVIEWERS = [prompt('reviewer'), prompt('reviewer-b')];

const nights: fc.Arbitrary<Night> = fc.record({
	workers: scriptOf<Worker>(['works', 'changes nothing', 'already done', 'blocked', ...CUTS]),
	reviewers: scriptOf<Reviewer>([
		'approves',
		'approves',
		'rejects',
		'mumbles',
		'another nonce',
		'dirty room',
		...CUTS,
	]),
	checks: scriptOf(['green', 'green', 'red', 'overtime']),
	drifts: scriptOf(['still', 'still', 'changed']),
	notes: fc.constantFrom(0, 9000),
	person: fc.array(
		fc.oneof(
			{ weight: 8, arbitrary: fc.constant<Person>('sleeps') },
			fc.constantFrom<Person>('ticks', 'unticks', 'drops', 'deletes', 'rewords', 'reopens', 'adds above'),
			fc.constantFrom<Person>('empties', 'commits', 'asks to finish', 'asks to stop'),
		),
		{ maxLength: 120 },
	),
	lives: fc.array(fc.nat(60), { maxLength: 6 }),
});

describe('whatever agents, checks, the machine and a person do in a night,', () => {
	test('nothing is ticked or committed that was not approved, nothing twice, and the night ends', async () => {
		await fc.assert(
			fc.asyncProperty(nights, async (night) => {
				const { disk, ending, approved, ticks } = await play(night);
				expect(ending.kind).toBe('nothing-open');
				expect(nextOpen(todo(disk.todo), false)).toBeNull();
				expectApproved(disk, approved);
				expect(ticks.filter(({ earned }) => !earned)).toEqual([]);
				expect(faultsIn(disk.journal)).toEqual([]);
			}),
			{ numRuns: 400 },
		);
	}, 60_000);

	test('no line of how a task landed can be taken out of the journal unseen', async () => {
		await fc.assert(
			fc.asyncProperty(nights, fc.nat(), async (night, which) => {
				const { journal } = (await play(night)).disk;
				const lines = [...journal.keys()].filter((index) => TELLING.includes(journal[index]!.event));
				fc.pre(lines.length > 0);
				expect(faultsIn(journal.toSpliced(lines[which % lines.length]!, 1))).not.toEqual([]);
			}),
			{ numRuns: 200 },
		);
	}, 60_000);

	test('which a loop with one reviewer too few does not pass: the twin', async () => {
		const outcome = await fc.check(
			fc.asyncProperty(nights, async (night) => {
				const { disk, approved } = await play(night, [prompt('reviewer')]);
				expectApproved(disk, approved);
			}),
			{ numRuns: 50 },
		);
		expect(outcome.failed).toBe(true);
	});
});

/** Without these, what comes later makes no sense, whatever else there is. */
const TELLING: readonly string[] = ['opened', 'sealed', 'landed'];

/** What an audit would say of it. */
function faultsIn(journal: Disk['journal']): string[] {
	const { faults, landings } = tellStory(journal);
	return [...faults.map(({ why }) => why), ...[...landings.values()].flatMap((landing) => landing.faults)];
}

function expectApproved(disk: Disk, approved: ReadonlySet<string>): void {
	const landed = disk.commits.filter(({ message }) => message.includes('Nightloop-Task'));
	for (const { tree } of landed)
		for (const { name } of REVIEWERS) expect([...approved]).toContain(`${name} ${tree}`);
	const workers = landed.map(({ message }) => /Nightloop-Worker: .*/.exec(message)?.[0]);
	expect(new Set(workers).size).toBe(workers.length);
	const entries = disk.journal.flatMap((entry) => (entry.event === 'landed' ? [entry.commit] : []));
	expect(entries).toEqual(landed.map(({ id }) => id));
}

class Killed extends Error {}

async function play(night: Night, reviewers = REVIEWERS) {
	const disk = newDisk('- [ ] All\n  - [ ] Add\n  - [ ] Bend\n- [ ] Cure\n');
	const scripts = scriptsOf(night);
	const approved = new Set<string>();
	const ticks: { text: string; earned: boolean }[] = [];
	const hand = { cut: null };
	let count = 0;
	for (;;) {
		const life = scripts.lives() ?? Infinity;
		const world = fakeWorld(disk, {
			...agentsOf(scripts, approved),
			...personOf(scripts, hand),
			...dies(life),
			reviewers,
			memory: () => night.notes,
		});
		const watched = { ...world, mark: watchedMark(disk, world.mark, ticks) };
		if (++count > 500) throw new Error('lives without an end');
		const ending = await loop(watched).catch(isKilled);
		if (ending?.kind === 'nothing-open' && scripts.person() === null)
			return { disk, ending, approved, ticks };
	}
}

/** Every box that a mark turns into `[x]`, and whether its task has a commit of its own. Parents have none. */
function watchedMark(
	disk: Disk,
	mark: ReturnType<typeof fakeWorld>['mark'],
	ticks: { text: string; earned: boolean }[],
): ReturnType<typeof fakeWorld>['mark'] {
	return async (task, as, equals) => {
		const before = disk.todo;
		try {
			return await mark(task, as, equals);
		} finally {
			const now = disk.todo === '' ? [] : todo(disk.todo).tasks;
			const had = before === '' ? [] : todo(before).tasks;
			const ticked = now.filter(
				(box, index) => box.kind === 'leaf' && box.state === 'done' && had[index]?.state !== 'done',
			);
			for (const { id, text } of ticked)
				ticks.push({
					text,
					earned: disk.commits.some(({ message }) => message.includes(`Nightloop-Task: ${id}`)),
				});
		}
	};
}

type Scripts = ReturnType<typeof scriptsOf>;

function scriptsOf(night: Night) {
	const play = <Move>(moves: readonly Move[]) => {
		const left = [...moves];
		return (): Move | null => left.shift() ?? null;
	};
	return {
		workers: play(night.workers),
		reviewers: play(night.reviewers),
		checks: play(night.checks),
		drifts: play(night.drifts),
		person: play(night.person),
		lives: play(night.lives),
	};
}

function agentsOf(scripts: Scripts, approved: Set<string>): FakeOptions {
	return {
		settings: { checks: ['npm test'], attempts: 2 },
		work: (order, disk) => worked(scripts.workers() ?? 'works', `${order.text} by ${order.session}`, disk),
		review(order, tree) {
			const move = scripts.reviewers() ?? 'approves';
			if (move === 'approves') approved.add(`${order.prompt.name} ${tree}`);
			return reviewed(move);
		},
		check: () => scripts.checks() ?? 'green',
		drift(disk) {
			if (scripts.drifts() !== 'changed') return [];
			disk.work += ' and an edit';
			return ['a.js'];
		},
	};
}

function worked(move: Worker, tree: string, disk: Disk): ReturnType<NonNullable<FakeOptions['work']>> {
	if (isCut(move)) return { tree, end: ENDS[move] };
	const says = (status: string) =>
		`\`\`\`status\n${JSON.stringify({ status, reason: 'so it is' })}\n\`\`\`\n`;
	const works = {
		works: { tree },
		'changes nothing': { tree: disk.work },
		'already done': { tree: disk.work, text: says('already-done') },
		blocked: { tree, text: says('blocked') },
	};
	return works[move];
}

function reviewed(move: Reviewer): ReturnType<NonNullable<FakeOptions['review']>> {
	if (isCut(move)) return { ...approves, end: ENDS[move] };
	const reviews = {
		approves,
		rejects: rejects('it does not work'),
		mumbles: { text: 'approved!' },
		'another nonce': { text: (approves.text ?? '').replace('{{nonce}}', 'forged') },
		'dirty room': { ...approves, roomChanges: ['a.js'] },
	};
	return reviews[move];
}

function isCut(move: string): move is Cut {
	return move in ENDS;
}

/** `hand` is what outlives the loop: a list that was cut, to be pasted back at the next look. */
function personOf(scripts: Scripts, hand: { cut: string | null }): FakeOptions {
	let looks = 0;
	let stop: ReturnType<NonNullable<FakeOptions['person']>> = {};
	return {
		person(disk) {
			if (++looks > 5000) throw new Error(`a night without an end: ${disk.log.slice(-20).join(', ')}`);
			const move = scripts.person();
			if (hand.cut !== null) [disk.todo, hand.cut] = [hand.cut, null];
			const edit = move && EDITS[move];
			if (edit) disk.todo = edit(disk.todo);
			if (move === 'empties') [hand.cut, disk.todo] = [disk.todo, ''];
			if (move === 'commits') commit(disk);
			if (move === 'asks to finish') stop = { stop: { kind: 'finish', signal: 'SIGINT' } };
			if (move === 'asks to stop') stop = { stop: { kind: 'now', signal: 'SIGTERM' } };
			return stop;
		},
	};
}

const EDITS: Partial<Record<Person, (todo: string) => string>> = {
	ticks: (todo) => todo.replace(/\[ \] (Add|Bend|Cure)/, '[x] $1'),
	unticks: (todo) => todo.replace(/\[x\] (Add|Bend|Cure)/, '[ ] $1'),
	drops: (todo) => todo.replace(/\[ \] (Bend|Cure)/, '[-] $1'),
	deletes: (todo) => todo.replace(/^.*\[.\] Bend.*\n/m, ''),
	rewords: (todo) => todo.replace(/(\[ \] (?:Add|Cure))$/m, '$1 well'),
	reopens: (todo) => todo.replace('[!]', '[ ]'),
	'adds above': (todo) => `- [ ] Dig ${todo.length}\n${todo}`,
};

/** A commit of the person's on top, with what lies in the tree: the loop's own branch is not the loop's alone. */
function commit(disk: Disk): void {
	const id = `by a person, ${disk.commits.length}` as CommitId;
	disk.commits.push({ id, tree: disk.work, message: 'by hand' });
}

function dies(effects: number): FakeOptions {
	let left = effects;
	return {
		at() {
			if (left-- <= 0) throw new Killed();
		},
	};
}

function isKilled(error: unknown): Ending | null {
	if (error instanceof Killed) return null;
	throw error;
}

function scriptOf<Move>(moves: readonly Move[]): fc.Arbitrary<Move[]> {
	return fc.array(fc.constantFrom(...moves), { maxLength: 12 });
}
