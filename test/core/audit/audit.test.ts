import { describe, expect, test } from 'vitest';
import { audit } from '../../../src/core/audit/audit.ts';
import type { Evidence } from '../../../src/core/audit/audit.ts';
import type { History, LoopCommit } from '../../../src/core/audit/facts.ts';
import { auditLines } from '../../../src/core/audit/report.ts';
import { tellStory } from '../../../src/core/audit/story.ts';
import type { CommitId, Event, TreeId } from '../../../src/core/types.ts';
import * as tale from '../../helpers/landing-story.ts';
import { entry, NOW, taskIn, todo } from '../../helpers/parts.ts';

const { story, upTo, told, HEAD, LANDED, MADE, TREE, UNDO } = tale;
/** The task is that of the list, so that its box is found. */
const TASK = taskIn('- [x] Add\n', 'Add').id;
const asListed = <Value>(value: Value): Value =>
	JSON.parse(JSON.stringify(value).replaceAll(tale.TASK, TASK));

type Part = Partial<Record<keyof History, unknown>>;
const NOTHING: History = {
	commits: [],
	missing: new Set(),
	off: new Map(),
	before: new Set(),
	fetched: new Set(),
	refs: new Map(),
	unseen: [],
};
const SAID = `Add\n\nNightloop-Task: ${TASK}\nNightloop-Attempt: 1\nNightloop-Tree: ${TREE}\nNightloop-Worker: a/default/0001-worker\nNightloop-Reviewer: a/default/0002-reviewer\n`;
const UNDOES = `Undo: Add\n\nNightloop-Undo: ${LANDED}\nNightloop-Task: ${TASK}\n`;

const commit = (more: Partial<Record<keyof LoopCommit, unknown>> = {}): LoopCommit => ({
	...({
		id: LANDED as CommitId,
		tree: 'f'.repeat(40) as TreeId,
		parents: [HEAD as CommitId],
		committer: 'nightloop <nightloop@localhost.invalid>',
		message: SAID,
		objects: 'intact',
		difference: { kind: 'list', path: 'todo.md' },
	} satisfies LoopCommit),
	...(more as Partial<LoopCommit>),
});
const undo = (more: Partial<Record<keyof LoopCommit, unknown>> = {}) =>
	commit({ id: UNDO, parents: [LANDED], message: UNDOES, difference: { kind: 'none' }, ...more });
const undoing = {
	event: 'undoing',
	undoing: {
		task: tale.TASK,
		text: 'Add',
		commit: LANDED,
		sealed: { commit: UNDO, head: LANDED, branch: 'refs/heads/main', list: 'todo.md' },
		why: '',
	},
};
const undone = {
	event: 'undone',
	task: tale.TASK,
	text: 'Add',
	commit: LANDED,
	by: UNDO,
	why: '',
	lines: [1],
};

const judge = (
	events: readonly (Event | tale.Told)[] | null,
	history: Part,
	list: string | null = '- [x] Add\n',
	now = NOW,
	elsewhere: Evidence['elsewhere'] = [],
) => {
	const journal: Evidence['journal'] =
		events === null
			? { kind: 'none' }
			: { kind: 'story', story: tellStory(asListed(events as Event[]).map(entry)) };
	const todoOrNone = list === null ? null : todo(list);
	return audit({
		history: { ...NOTHING, ...(history as Partial<History>) },
		journal,
		elsewhere,
		todo: todoOrNone,
		now,
	});
};
const states = (found: ReturnType<typeof judge>) =>
	[...found.commits, ...found.boxes, ...found.records].map(({ about, state, why }) =>
		[about, state, ...why].join(': '),
	);
const on = (...commits: LoopCommit[]): Part => ({ commits });
const off = (
	commits: readonly LoopCommit[],
	gone: readonly string[],
	branch = 'its branch is there',
): Part => ({
	commits,
	off: new Map(gone.map((id) => [id, branch])),
});

describe('a landing is', () => {
	test('consistent where the journal, the trailers and git say the same', () => {
		expect(states(judge(story(), on(commit())))).toEqual(['landing: consistent', 'box: consistent']);
		expect(judge(story(), on(commit())).commits[0]).toMatchObject({
			by: 'the journal',
			commit: LANDED,
			tree: TREE,
			task: TASK,
			text: 'Add',
			attempt: 1,
			worker: '0001-worker',
			reviewers: ['0002-reviewer'],
		});
	});

	test('consistent by its trailers alone where there is no journal', () => {
		const found = judge(null, on(commit()));
		expect(states(found)).toEqual(['landing: consistent', 'box: consistent']);
		expect(found.notes).toEqual(['by trailers alone: there is no journal here']);
		expect(found.commits[0]).toMatchObject({ by: 'its trailers', worker: '0001-worker', text: 'Add' });
	});

	test('told by its full text where its subject cuts that', () => {
		const message = SAID.replace('Add\n', 'Ad…\n\nAdd all\n');
		expect(judge(null, on(commit({ message }))).commits[0]).toMatchObject({ text: 'Add all' });
	});

	test('consistent though what it was made of is not here to be seen', () => {
		const shallow = { unseen: ['shallow'], ...on(commit({ difference: { kind: 'unseen' } })) };
		const found = judge(null, shallow);
		expect(states(found)[0]).toMatch(/landing: consistent: what it was made of is not here/);
		expect(found.notes).toContain('shallow');
	});

	test('consistent while its record follows, and where it is older than the journal', () => {
		expect(states(judge(upTo('sealed'), on(commit())))[0]).toMatch(/landing: consistent: it is just landing/);
		const older = { before: new Set([LANDED]), ...on(commit()) };
		expect(states(judge(upTo('started'), older))[0]).toMatch(/landing: consistent: .*older than the journal/);
	});

	test('by-hand where it was fetched, unless it was sealed here', () => {
		const fetched = { fetched: new Set([LANDED]), ...on(commit()) };
		expect(states(judge(upTo('started'), fetched))).toEqual([
			'landing: by-hand: by its trailers alone: it was fetched from elsewhere',
			'box: by-hand: its commit is by-hand',
		]);
		const unlanded = upTo('sealed', { event: 'unlanded', task: tale.TASK, why: '' });
		expect(states(judge(unlanded, fetched))[0]).toMatch(/BROKEN: no landing of it is on record/);
	});

	test.each<readonly [string, RegExp, readonly (Event | tale.Told)[] | null, Part]>([
		['objects are changed', /not what its name says/, null, on(commit({ objects: 'changed' }))],
		['it is a merge', /it has 2 parents/, null, on(commit({ parents: [HEAD, MADE] }))],
		['another commits it', /its committer is not nightloop/, null, on(commit({ committer: 'A <a@b>' }))],
		['it holds more', /more than the list/, null, on(commit({ difference: { kind: 'more' } }))],
		[
			'trailers are malformed',
			/Attempt is missing/,
			null,
			on(commit({ message: SAID.replace(/.*Attempt.*\n/, '') })),
		],
		['it has no trailers', /it has no trailers/, story(), on(commit({ message: 'Add\n' }))],
		['nothing is on record', /no landing of it is on record/, upTo('started'), on(commit())],
		['it is off its branch', /not on its branch/, story(), off([commit()], [LANDED])],
		[
			'it was there before',
			/there when the journal began/,
			story(),
			{ before: new Set([LANDED]), ...on(commit()) },
		],
		['it is missing', /there is no such commit/, story(), { missing: new Set([LANDED]) }],
		['the tree is another', /names another tree/, story({ landed: { tree: HEAD } }), on(commit())],
		[
			'all is another',
			/names another attempt, worker, reviewers than/,
			story(),
			on(
				commit({
					message: SAID.replace('0001', '0007').replace('0002', '0008').replace('Attempt: 1', 'Attempt: 2'),
				}),
			),
		],
		[
			'it stands elsewhere',
			/on another commit than the one it was made for/,
			story(),
			on(commit({ parents: [MADE] })),
		],
		[
			'another file is the list',
			/another file than the list/,
			story(),
			on(commit({ difference: { kind: 'list', path: 'a' } })),
		],
		['the story has a fault', /no reviewer approved/, story({ reviewed: null }), on(commit())],
		[
			'it is on record as landed and undoes',
			/says that a task landed with it/,
			story(),
			on(commit({ message: UNDOES })),
		],
	])('BROKEN where %s, and so is its box', (_, why, events, history) => {
		const found = judge(events, history);
		expect(found.commits[0]).toMatchObject({ state: 'BROKEN' });
		expect(found.commits[0]?.why.join('\n')).toMatch(why);
		expect(found.totals.BROKEN).toBeGreaterThan(0);
	});
});

describe('a commit that was taken off its branch is', () => {
	const again = story({
		started: null,
		worker: { session: '0003-worker' },
		worked: { session: '0003-worker' },
		settled: { session: '0003-worker' },
		reviewer: { session: '0004-reviewer' },
		reviewed: { session: '0004-reviewer', nonce: 'm' },
		'settled again': { session: '0004-reviewer' },
		sealed: { sealed: { commit: MADE, head: HEAD, branch: 'refs/heads/main', list: 'todo.md' } },
		landed: { commit: MADE, worker: '0003-worker', reviewers: ['0004-reviewer'] },
	});
	const anew = commit({ id: MADE, message: SAID.replace('0001', '0003').replace('0002', '0004') });
	const BY_HAND = 'landing: by-hand: it was taken off its branch by hand';

	test('by-hand where its box is open, or not in the list', () => {
		const gone = off([commit()], [LANDED]);
		expect(states(judge(story(), gone, '- [ ] Add\n'))).toEqual([
			BY_HAND,
			'box: by-hand: it landed, and was opened again by hand',
		]);
		expect(states(judge(story(), gone, '- [x] Bend\n'))[0]).toBe(BY_HAND);
		expect(states(judge(story(), gone, null))[0]).toBe(BY_HAND);
	});

	test('by-hand where its task landed again: the tick is for that', () => {
		const found = judge([...story(), ...again], off([anew, commit()], [LANDED]));
		expect(states(found)).toEqual(['landing: consistent', BY_HAND, 'box: consistent']);
		expect(found.boxes[0]).toMatchObject({ commit: MADE });
	});

	test('by-hand where its branch is gone as well', () => {
		const gone = off([commit()], [LANDED], 'its branch is gone');
		expect(states(judge(story(), gone))).toEqual([BY_HAND, 'box: by-hand: its commit is by-hand']);
	});

	test('by-hand where it is not kept any more', () => {
		const gone = { ...off([], [LANDED]), missing: new Set([LANDED]) };
		expect(states(judge(story(), gone, '- [ ] Add\n'))[0]).toMatch(
			/^landing: by-hand: .*there is no such commit: it was taken off/,
		);
	});

	test('BROKEN where it is not kept any more, and its way to the branch is not on record', () => {
		const gone = { ...off([], [LANDED]), missing: new Set([LANDED]) };
		expect(states(judge(story({ reviewed: null }), gone, '- [ ] Add\n'))[0]).toMatch(/^landing: BROKEN/);
	});

	test('by-hand where it is an undo: what it took back stands again', () => {
		const found = judge([...story(), undoing, undone], off([commit(), undo()], [UNDO]));
		expect(states(found)).toEqual([
			'landing: consistent',
			'undo: by-hand: it was taken off its branch by hand',
			'box: consistent',
		]);
	});

	test('BROKEN where its tick outlives it, though its task had landed before', () => {
		const before = judge([...story(), undoing, undone, ...again], off([commit(), undo(), anew], [MADE]));
		expect(states(before).slice(2)).toEqual([
			'landing: BROKEN: it is not on its branch any more, and its box is ticked',
			'box: BROKEN: its commit is BROKEN',
		]);
	});

	test('BROKEN where it was before', () => {
		const forged = off([commit({ objects: 'changed' })], [LANDED]);
		expect(states(judge(story(), forged, '- [ ] Add\n'))[0]).toMatch(
			/^landing: BROKEN: .*not what its name says/,
		);
	});
});

describe('a commit that somebody made is none of the loop’s', () => {
	const message = 'nightloop-settings: raise attempts\n';
	const theirs = commit({ id: MADE, committer: 'A <a@b>', message });

	test('though it begins a line with its name', () => {
		expect(judge(null, on(theirs)).commits).toEqual([]);
		expect(judge(story(), on(commit(), theirs)).commits).toHaveLength(1);
	});

	test('unless it is on record, or bears the loop’s name', () => {
		expect(states(judge(story(), on(commit({ committer: 'A <a@b>', message }))))[0]).toMatch(/BROKEN/);
		expect(states(judge(null, on(commit({ message }))))[0]).toMatch(/BROKEN: it has no trailers/);
	});
});

describe('an undo is', () => {
	const both = on(commit(), undo());
	test('consistent, and its task may be open', () => {
		const found = judge([...story(), undoing, undone], both, '- [ ] Add\n');
		expect(states(found)).toEqual(['landing: consistent', 'undo: consistent']);
		expect(found.commits[1]).toMatchObject({ undoes: LANDED, task: TASK });
		expect(states(judge(null, both, '- [ ] Add\n'))).toEqual(['landing: consistent', 'undo: consistent']);
	});

	test('the reason why a tick after it is by hand', () => {
		expect(states(judge(null, both))).toContain('box: by-hand: no commit of the loop’s is for it');
	});

	test('no end: its task may land again', () => {
		const again = commit({ id: MADE, parents: [UNDO] });
		expect(states(judge(null, on(commit(), undo(), again)))).toContain('box: consistent');
	});

	test('consistent where what it takes back cannot be seen', () => {
		expect(states(judge(null, { unseen: ['shallow'], ...on(undo()) }))[0]).toBe('undo: consistent');
	});

	test.each<readonly [string, RegExp, readonly (Event | tale.Told)[] | null, Part]>([
		['it takes back nothing', /no landed commit before it/, null, on(undo())],
		[
			'it takes back another task',
			/it takes back another task/,
			null,
			on(commit({ message: SAID.replace(TASK, tale.OTHER) }), undo()),
		],
		[
			'it takes back what was taken back',
			/taken back before/,
			null,
			on(commit(), undo(), undo({ id: MADE })),
		],
		[
			'it takes back an undo',
			/no landed commit before it/,
			null,
			{ unseen: [''], ...on(undo({ id: LANDED }), undo()) },
		],
		[
			'it changes more',
			/changes more than what it takes back/,
			null,
			on(commit(), undo({ difference: { kind: 'more' } })),
		],
		['nothing is on record', /no landing of it is on record/, story(), both],
		[
			'the journal says something else',
			/takes back something else/,
			[...story(), undoing, undone],
			on(commit(), undo({ message: UNDOES.replace(TASK, tale.OTHER) })),
		],
		[
			'it lost its trailers',
			/takes back something else/,
			[...story(), undoing, undone],
			on(commit(), undo({ message: 'Undo\n' })),
		],
	])('BROKEN where %s', (_, why, events, history) => {
		expect(
			judge(events, history)
				.commits.flatMap((line) => line.why)
				.join('\n'),
		).toMatch(why);
	});
});

describe('a box is', () => {
	const one = on(commit());
	test('by-hand where a person ticked it', () => {
		expect(states(judge(null, {}))).toEqual(['box: by-hand: no commit of the loop’s is for it']);
	});

	test('by-hand where a person opened it again', () => {
		expect(states(judge(story(), one, '- [ ] Add\n'))).toContain(
			'box: by-hand: it landed, and was opened again by hand',
		);
		expect(states(judge(null, one, '- [ ] Add\n'))).toContain(
			'box: by-hand: it landed, and was opened again by hand',
		);
	});

	test('left out while its tick is owed, and where it is dropped or parked', () => {
		expect(judge(story({ marked: null }), one, '- [ ] Add\n').boxes).toEqual([]);
		expect(judge(upTo('sealed'), one, '- [ ] Add\n').boxes).toEqual([]);
		for (const mark of ['!', '-', ' ']) expect(judge(null, {}, `- [${mark}] Add\n`).boxes).toEqual([]);
	});

	test('a parent’s with what belongs to it', () => {
		expect(states(judge(null, {}, '- [x] All\n  - [x] Bend\n'))[0]).toBe(
			'box: consistent: with what belongs to it',
		);
		expect(states(judge(null, {}, '- [x] All\n  - [ ] Bend\n'))[0]).toMatch(
			/box: by-hand: it is ticked, and not all/,
		);
		expect(states(judge(null, {}, '- [x] All\n  - [x] Bend\n  - [ ]* Cure\n'))[0]).toMatch(/box: consistent/);
	});

	test('not looked at where there is no list', () => {
		const found = judge(null, one, null);
		expect(found.boxes).toEqual([]);
		expect(found.notes).toContain('there is no list here that could be read: ticks were not looked at');
	});
});

describe('what is kept under refs', () => {
	const ref = `refs/nightloop/rejected/x-1-${MADE.slice(0, 8)}`;
	const snapshot = `refs/nightloop/snapshots/x-${MADE.slice(0, 8)}`;
	const rejected = {
		event: 'rejected',
		task: tale.TASK,
		text: 'Add',
		attempt: 1,
		findings: [{ what: '', evidence: '', blocking: true, by: 'nightloop' }],
		blocked: null,
		ref,
	};
	const events = upTo('checked', rejected, {
		event: 'cleared',
		task: tale.TASK,
		why: '',
		ref: snapshot,
		restore: '',
	});
	const found = (refs: Record<string, string>, days = 1) =>
		judge(events, { refs: new Map(Object.entries(refs)) }, null, NOW + days * 86_400_000).records.map(
			({ why }) => why.join(),
		);

	test('is there', () => {
		expect(found({ [ref]: MADE, [snapshot]: MADE })).toEqual([]);
	});

	test('is gone, or is another', () => {
		expect(found({ [snapshot]: MADE })).toEqual([`${ref} is on record, and is gone`]);
		expect(found({ [ref]: HEAD, [snapshot]: HEAD })).toEqual([
			`${ref} is not what was kept there`,
			`${snapshot} is not what was kept there`,
		]);
	});

	test('may be gone after 14 days where it was rejected', () => {
		expect(found({ [snapshot]: MADE }, 15)).toEqual([]);
		expect(found({ [ref]: MADE }, 15)).toEqual([`${snapshot} is on record, and is gone`]);
	});
});

describe('a commit of which another work tree’s journal tells', () => {
	const OF = 'the work tree side';
	const beside = (
		events: readonly (Event | tale.Told)[],
		history: Part = on(commit()),
		own: readonly (Event | tale.Told)[] | null = upTo('started'),
	) => {
		const told = tellStory(asListed(events as Event[]).map(entry));
		return judge(own, history, '- [x] Add\n', NOW, [{ kind: 'story', of: OF, story: told }]);
	};

	test.each([
		['and this one’s says nothing of it', upTo('started')],
		['and there is none here', null],
	])('is consistent by that, %s', (_, own) => {
		const found = beside(story(), on(commit()), own);
		expect(states(found)).toEqual([`landing: consistent: by the journal of ${OF}`, 'box: consistent']);
		expect(found.commits[0]).toMatchObject({ by: 'another journal', attempt: 1, worker: '0001-worker' });
	});

	test('is consistent while its record follows there, or when it was taken back', () => {
		expect(states(beside(upTo('sealed')))[0]).toMatch(/^landing: consistent: it is just landing.*side$/);
		const taken = beside([...story(), undoing, undone], on(commit(), undo()));
		expect(states(taken)[1]).toBe(`undo: consistent: by the journal of ${OF}`);
	});

	test.each<readonly [string, RegExp, readonly (Event | tale.Told)[], Part]>([
		[
			'its record there says otherwise',
			/names another tree/,
			story({ landed: { tree: HEAD } }),
			on(commit()),
		],
		[
			'it was not approved there',
			/no reviewer approved/,
			story({ reviewed: { verdict: { kind: 'rejected', findings: [] } } }),
			on(commit()),
		],
		[
			'it was there when that journal began',
			/there when the journal began/,
			story(),
			{ before: new Set([LANDED]), ...on(commit()) },
		],
		[
			'it was sealed there, and did not land',
			/no landing of it is on record/,
			upTo('sealed', { event: 'unlanded', task: tale.TASK, why: '' }),
			on(commit()),
		],
	])('is BROKEN where %s', (_, why, events, history) => {
		const [line] = states(beside(events, history));
		expect(line).toMatch(/^landing: BROKEN/);
		expect(line).toMatch(why);
	});

	test('is judged by this one’s where that tells of it too', () => {
		const found = beside(story({ landed: { tree: HEAD } }), on(commit()), story());
		expect(found.commits[0]).toMatchObject({ by: 'the journal', state: 'consistent', why: [] });
	});

	test('is not looked for: what lies on a branch of its own is not audited here', () => {
		expect(beside(story(), {}).commits).toEqual([]);
		expect(states(beside(story(), { missing: new Set([LANDED]) }))).toEqual([
			'box: by-hand: no commit of the loop’s is for it',
		]);
	});
});

describe('the report', () => {
	test('has a line for each, its reasons below it, and what it adds up to', () => {
		const found = judge([...story(), undoing, undone], on(commit(), undo()), '- [x] Add\n');
		expect(auditLines(found)).toEqual([
			'1 consistent ccccccc  tree aaaaaaa  attempt 1  0001-worker → 0002-reviewer  Add',
			'2 consistent eeeeeee  undoes ccccccc  undo: Add',
			'box by-hand    line 1  Add',
			'      no commit of the loop’s is for it',
			'2 commits of the loop’s, 1 box: 2 consistent, 1 by-hand, 0 BROKEN',
		]);
	});

	test('says what is broken, in the journal too, and prints nothing as it was found', () => {
		const damaged = audit({
			history: {
				...NOTHING,
				commits: [commit({ message: SAID.replace('Add', '\u001B[31mAdd') })],
				unseen: [],
			},
			journal: { kind: 'damaged', why: 'line 3\u001B[2J' },
			elsewhere: [{ kind: 'damaged', of: 'the work tree side', why: 'line 4\u001B[2J' }],
			todo: todo('- [x] Add\n'),
			now: NOW,
		});
		expect(auditLines(damaged)).toEqual([
			'by trailers alone: the journal cannot be read',
			'1 consistent ccccccc  tree aaaaaaa  attempt 1  0001-worker → 0002-reviewer  Add',
			'box consistent line 1  ccccccc  Add',
			'journal BROKEN line 3',
			'journal BROKEN in the work tree side: line 4',
			'1 commit of the loop’s, 1 box: 2 consistent, 0 by-hand, 2 BROKEN',
		]);
		const lines = auditLines(
			judge(upTo('started', told('marked')), on(commit({ message: 'Nightloop-Task: x\n' }))),
		);
		expect(lines[0]).toMatch(/^1 BROKEN {5}ccccccc {2}Nightloop-Task: x$/);
		expect(lines).toContain('journal BROKEN line 2: a tick for a task that had not landed');
	});
});
