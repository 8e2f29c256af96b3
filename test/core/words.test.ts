import { describe, expect, test } from 'vitest';
import { replay } from '../../src/core/run/run.ts';
import { sumOf } from '../../src/core/run/sum.ts';
import type {
	Candidate,
	Change,
	CheckResult,
	CommitId,
	Event,
	Finding,
	SessionId,
	TaskId,
	TreeId,
	Verdict,
	WaitingFor,
} from '../../src/core/types.ts';
import { line } from '../../src/core/words.ts';

const commit = '9bd01e4c0ffee00000000000000000000000beef' as CommitId;
const tree = 'aaaaaaa0000000000000000000000000000000aa' as TreeId;
const task = 'abcdef01234567' as TaskId;
const session = '0007-worker' as SessionId;
const reads = (event: Event & { at?: string }, words: string | null) => expect(line(event)).toBe(words);

const usage = { usd: 0.4242, tokens: 1_234_567 };
const ran = {
	session,
	task,
	end: { kind: 'completed' },
	usage,
	agentSession: null,
	model: null,
	ms: 720_000,
} as const;
const finding = (what: string, rest: Partial<Finding> = {}): Finding => ({
	what,
	evidence: '',
	blocking: true,
	by: 'reviewer',
	...rest,
});

describe('a run', () => {
	const started = {
		event: 'started',
		process: 'p',
		branch: 'main',
		head: commit,
		walls: 'namespaces',
		version: '1.2.3',
	} as const;

	test('starts', () =>
		reads(
			{ ...started, mode: 'fresh' },
			'● started on main at 9bd01e4 · walls: namespaces · nightloop 1.2.3',
		));
	test('says who pays, as far as that is known', () =>
		reads(
			{
				...started,
				mode: 'fresh',
				payers: [
					{ agent: 'claude', pays: 'subscription' },
					{ agent: 'codex', pays: null },
				],
			},
			'● started on main at 9bd01e4 · walls: namespaces · claude: subscription · codex: payer not known · nightloop 1.2.3',
		));
	test('goes on', () =>
		reads(
			{ ...started, mode: 'again' },
			'● going on on main at 9bd01e4 · walls: namespaces · nightloop 1.2.3',
		));
	test('ends with what it spent', () =>
		reads(
			{
				event: 'ended',
				ending: { kind: 'deadline', until: 0 },
				tree,
				spent: { usd: 2, billed: 2, tokens: 3000, sessions: 4 },
			},
			'■ deadline reached · 4 sessions, 3k tokens, $2.00',
		));
	test('ends', () =>
		reads(
			{ event: 'ended', ending: { kind: 'nothing-open', done: 2, parked: 0 }, tree },
			'■ nothing left open: 2 done',
		));
});

describe('a session', () => {
	const opened = {
		event: 'opened',
		task,
		text: 'Add login',
		prompt: 'worker',
		base: commit,
		branch: 'main',
	} as const;
	const worked = { event: 'worked', ...ran, status: null } as const;

	test('opens in the place of another', () =>
		reads(
			{
				...opened,
				session: 's' as SessionId,
				role: 'worker',
				details: null,
				line: 1,
				follower: null,
				equals: 1,
				attempt: 1,
				agent: 'codex',
				instead: 'claude, which is at its limit',
			},
			'→ worker s: Add login · attempt 1 · codex instead of claude, which is at its limit',
		));

	test('opens', () =>
		reads(
			{
				...opened,
				details: '',
				line: 3,
				follower: null,
				equals: 1,
				session,
				role: 'worker',
				attempt: 2,
				agent: 'claude',
			},
			'→ worker 0007-worker: Add login · attempt 2 · claude',
		));
	test('works', () => reads(worked, '← worker 0007-worker completed · 12m · $0.42 · 1.2M tokens'));
	test('says nothing of figures that it does not have', () =>
		reads({ ...worked, usage: { usd: 0, tokens: 0 } }, '← worker 0007-worker completed · 12m'));
	test('is cut off', () =>
		reads(
			{ ...worked, end: { kind: 'idle', ms: 900_000 }, usage: { usd: 0, tokens: 0 } },
			'← worker 0007-worker idle for 15m · 12m',
		));
	test('says that it is blocked', () =>
		reads(
			{
				...worked,
				usage: { usd: 0, tokens: 0 },
				status: { status: 'blocked', reason: 'no key\nfor it', red: null },
			},
			'← worker 0007-worker completed · 12m · says it is blocked: no key',
		));
	test('says that it was done already', () =>
		reads(
			{ ...worked, usage: { usd: 0, tokens: 0 }, status: { status: 'already-done', reason: '', red: null } },
			'← worker 0007-worker completed · 12m · says it was done already',
		));
	test('says that it is done, which goes without saying', () =>
		reads(
			{ ...worked, usage: { usd: 0, tokens: 0 }, status: { status: 'done', reason: 'x', red: null } },
			'← worker 0007-worker completed · 12m',
		));
	test('settles without a word', () => reads({ event: 'settled', session, drift: [], putRight: [] }, null));
	test('settles with what was put right and what changed', () =>
		reads(
			{ event: 'settled', session, drift: ['a.ts'], putRight: ['.git/config', 'todo.md'] },
			'! after 0007-worker put right: .git/config · todo.md · changed meanwhile: a.ts',
		));
});

describe('a review', () => {
	const reviewed = (verdict: Verdict) =>
		line({
			event: 'reviewed',
			...ran,
			session: '0008-reviewer' as SessionId,
			reviewer: 'reviewer',
			candidate: commit,
			tree,
			nonce: 'n',
			usage: { usd: 0, tokens: 0 },
			verdict,
		});

	test('approves', () =>
		expect(reviewed({ kind: 'approved', findings: [], red: null })).toBe(
			'✓ reviewer 0008-reviewer approves · 12m',
		));
	test('approves with a remark', () =>
		expect(reviewed({ kind: 'approved', findings: [finding('a', { blocking: false })], red: null })).toBe(
			'✓ reviewer 0008-reviewer approves · 1 remark · 12m',
		));
	test('rejects', () =>
		expect(reviewed({ kind: 'rejected', findings: [finding('a'), finding('b')] })).toBe(
			'✗ reviewer 0008-reviewer rejects · 2 findings · 12m',
		));
	test('cannot be read and says why', () =>
		expect(reviewed({ kind: 'unreadable', why: 'its final message is empty' })).toBe(
			'✗ reviewer 0008-reviewer unreadable: its final message is empty · 12m',
		));
});

describe('judging', () => {
	const change: Change = {
		path: 'a',
		status: 'modified',
		oldMode: '100644',
		newMode: '100644',
		added: 1,
		deleted: 0,
	};
	const candidate: Candidate = { commit, tree, base: commit, head: commit, changes: [change], weakened: [] };
	const check = (rest: Partial<CheckResult>): CheckResult => ({
		command: 'npm test',
		result: 'green',
		exitCode: 0,
		ms: 4200,
		tail: '',
		log: '.nightloop/checks/1.log',
		runs: 1,
		...rest,
	});
	const checked = (...results: CheckResult[]) =>
		line({
			event: 'checked',
			task,
			on: 'candidate',
			setup: null,
			installed: 'as before',
			commit,
			tree,
			results,
		});
	test('checks of base', () => {
		const ofBase = (result: CheckResult, installed: 'as before' | 'changed' = 'as before') =>
			line({
				event: 'checked',
				task,
				on: 'base',
				setup: null,
				installed,
				commit,
				tree,
				results: [result],
			});
		expect(ofBase(check({}))).toBe('· checks green at base: npm test 4.2s');
		expect(ofBase(check({ result: 'red', exitCode: 1 }))).toBe(
			'· check red at base: npm test, exit code 1 after 4.2s: does not gate until it is green',
		);
		expect(ofBase(check({ result: 'red', exitCode: 127 }), 'changed')).toBe(
			'· check red at base: npm test, exit code 127 (no such command) after 4.2s',
		);
	});
	test('checks that are run again', () => {
		const again = (...results: CheckResult[]) =>
			line({
				event: 'checked',
				task,
				on: 'candidate again',
				setup: null,
				installed: 'as before',
				commit,
				tree,
				results,
			});
		expect(again(check({}))).toBe('✓ checks green when run again: npm test 4.2s');
		expect(again(check({ result: 'overtime', exitCode: null }))).toBe(
			'✗ check over its time when run again: npm test after 4.2s',
		);
	});
	test('a task that was taken back', () => {
		const undone = {
			event: 'undone',
			task,
			text: 'Add login',
			commit,
			by: tree as string as CommitId,
			why: '',
			lines: [],
			tree: null,
		} as const;
		expect(line({ ...undone, box: 'open' })).toMatch(
			/^↶ undone 9bd01e4 by \w+ Add login · its box is open again$/,
		);
		expect(line({ ...undone, box: 'drop' })).toMatch(/ · dropped$/);
		expect(
			line({
				event: 'undoing',
				undoing: {
					task,
					text: '',
					commit,
					sealed: { commit, head: commit, branch: '', list: null },
					why: '',
					box: 'open',
				},
			}),
		).toBeNull();
	});
	const rejected = (findings: Finding[], blocked: string | null = null) =>
		line({ event: 'rejected', task, text: 'Add login', attempt: 1, findings, ref: null, blocked });

	test('a candidate', () =>
		reads(
			{ event: 'proposed', task, proposal: { kind: 'candidate', candidate } },
			'· candidate 9bd01e4 · 1 file changed',
		));
	test('no change', () =>
		reads({ event: 'proposed', task, proposal: { kind: 'unchanged', candidate } }, '· nothing changed'));
	test('a refusal', () =>
		reads(
			{ event: 'proposed', task, proposal: { kind: 'refused', what: '9,000 new files', evidence: 'x' } },
			'✗ no candidate: 9,000 new files',
		));
	test('no checks', () => expect(checked()).toBeNull());
	test('green checks', () =>
		expect(checked(check({}), check({ command: 'npm run lint', ms: 900 }))).toBe(
			'✓ checks green: npm test 4.2s, npm run lint 0.9s',
		));
	test('a red check', () =>
		expect(checked(check({}), check({ result: 'red', exitCode: 1 }))).toBe(
			'✗ check red: npm test, exit code 1 after 4.2s',
		));
	test('a check that was killed and one that took too long', () =>
		expect(
			checked(
				check({ result: 'red', exitCode: null }),
				check({ result: 'overtime', exitCode: null, ms: 1_800_000 }),
			),
		).toBe('✗ check red: npm test, after 4.2s · check over its time: npm test after 30m'));
	test('a rejection with its first blocking finding', () =>
		expect(
			rejected([
				finding('a remark', { blocking: false }),
				finding('login.ts:41 accepts an expired token'),
				finding('x'),
			]),
		).toBe('✗ rejected 1: Add login · login.ts:41 accepts an expired token (by reviewer) and 2 more'));
	test('a rejection of which no finding blocks', () =>
		expect(rejected([finding('a', { blocking: false, by: 'npm test' })])).toBe(
			'✗ rejected 1: Add login · a (by npm test)',
		));
	test('a rejection without findings', () =>
		expect(rejected([])).toBe('✗ rejected 1: Add login · no finding on record'));
	test('a worker that was blocked', () =>
		expect(rejected([], 'no key')).toBe('✗ rejected 1: Add login · blocked: no key'));
});

describe('landing and giving up', () => {
	test('sealing goes without saying', () =>
		reads(
			{ event: 'sealed', task, sealed: { commit, head: commit, branch: 'main', list: 'todo.md' } },
			null,
		));
	test('landed', () =>
		reads(
			{
				event: 'landed',
				task,
				text: 'Add login',
				attempt: 2,
				commit,
				tree,
				equals: 1,
				worker: session,
				reviewers: [],
			},
			'✓ landed 9bd01e4 Add login · attempt 2',
		));
	test('not landed', () => reads({ event: 'unlanded', task, why: 'HEAD moved' }, '! not landed: HEAD moved'));
	test('a mark that was written goes without saying', () =>
		reads({ event: 'marked', task, as: 'x', lines: [3], outcome: 'written' }, null));
	test('a mark without a box', () =>
		reads(
			{ event: 'marked', task, as: 'x', lines: [], outcome: 'gone' },
			'! no box to mark [x]: the task is gone from the list',
		));
	test('a tree that was cleared, with the whole command that restores it', () => {
		const restore = `git restore --source=refs/nightloop/snapshots/1 -- ${'x'.repeat(300)}`;
		reads(
			{
				event: 'cleared',
				task,
				why: 'the last attempt starts over',
				ref: 'refs/nightloop/snapshots/1',
				restore,
			},
			`! changes taken out of the tree: the last attempt starts over · kept under refs/nightloop/snapshots/1 · to get them back: ${restore}`,
		);
	});
	test('a tree that was cleared, where the way back is not known', () =>
		reads(
			{ event: 'cleared', task, why: 'x', ref: 'refs/x', restore: null },
			'! changes taken out of the tree: x · kept under refs/x',
		));
	test('nothing of a tree that was clean already', () =>
		reads({ event: 'cleared', task, why: 'x', ref: null, restore: null }, null));
	test('parked', () =>
		reads(
			{
				event: 'parked',
				task,
				text: 'Add login',
				why: '3 attempts failed',
				ref: 'refs/nightloop/parked/1',
				inARow: 1,
			},
			'! parked Add login: 3 attempts failed · kept under refs/nightloop/parked/1',
		));
	test('parked as the third in a row', () =>
		reads(
			{ event: 'parked', task, text: 'Add login', why: 'it lies', ref: null, inARow: 3 },
			'! parked Add login: it lies · 3 in a row: one attempt each until something lands',
		));
	test('abandoned', () =>
		reads(
			{ event: 'abandoned', task, text: 'Add login', why: 'it is gone from the list', heir: null },
			'! left Add login: it is gone from the list',
		));
});

describe('waiting, steering, telling', () => {
	const waits = (waiting: WaitingFor, words: string) =>
		reads({ event: 'waiting', for: waiting, until: null }, words);

	test('for edits', () => waits({ kind: 'edits' }, '… waiting for edits of todo.md'));
	test('paused', () => waits({ kind: 'pause' }, '… paused by todo.md'));
	test('for a list', () =>
		waits({ kind: 'todo', why: 'it is empty' }, '… waiting for a todo.md that can be read: it is empty'));
	test('for a limit', () =>
		waits({ kind: 'limit', message: 'resets 7am' }, '… the agent is at its limit: resets 7am'));
	test('for a service', () => waits({ kind: 'outage', message: '' }, '… the agent cannot reach its service'));
	test('for a login', () => waits({ kind: 'auth', message: '401' }, '… the agent is not logged in: 401'));
	test('after a cut-off', () =>
		waits({ kind: 'cut-off', message: 'crashed' }, '… the session was cut off: crashed'));
	test('for git', () =>
		waits({ kind: 'repository', why: 'index.lock' }, '… waiting for the repository: index.lock'));
	test('of a disk', () =>
		waits({ kind: 'disk', message: '1 MB free' }, '… waiting for room on the disk: 1 MB free'));
	test('of the machine', () => waits({ kind: 'machine', message: 'EIO' }, '… waiting for the machine: EIO'));
	test.each([
		['limit', '◷ claude is at its limit until HH:MM: resets 7am'],
		['outage', '◷ claude cannot reach its service until HH:MM: resets 7am'],
		['auth', '◷ claude is not logged in until HH:MM, unless somebody logs in: resets 7am'],
	] as const)('for an agent, with the time of this machine: %s', (kind, words) => {
		const [at, until] = ['2026-01-01T07:00:00.000Z', Date.parse('2026-01-01T07:31:00Z')];
		const what = { kind, agent: 'claude', prompt: 'worker', message: 'resets 7am' };
		const clock = new Date(until).toTimeString().slice(0, 5);
		reads({ event: 'waiting', for: what, until, at }, words.replace('HH:MM', clock));
	});
	test('for so long, told from the entry’s own time', () =>
		reads(
			{
				event: 'waiting',
				for: { kind: 'edits' },
				until: Date.parse('2026-01-01T07:31:00Z'),
				at: '2026-01-01T07:00:00.000Z',
			},
			'… waiting for edits of todo.md · for 31m at most',
		));
	test('without its own time no length is told', () =>
		reads({ event: 'waiting', for: { kind: 'edits' }, until: 1 }, '… waiting for edits of todo.md'));
	test('goes on', () => reads({ event: 'resumed' }, '… going on'));
	test('who pays, where it was not as told', () =>
		reads({ event: 'pays', agent: 'claude', pays: 'key' }, '! who pays for claude: API key, billed'));
	test('a budget that is used up by half', () =>
		reads(
			{ event: 'warned', what: 'usd', percent: 50, spent: 12.503, limit: 25 },
			'! 50 % of the budget is used: 12.5 of 25 usd',
		));
	test('an edit', () => reads({ event: 'edited', summary: '2 tasks added' }, '✎ 2 tasks added'));
	test.each([
		['first start', null],
		['no session lived', '! settings and prompts taken as changed'],
		['walled off', '! settings and prompts taken as changed, no session could write to them'],
		['terminal', '! settings and prompts taken as changed, by a start from a terminal'],
		['accept', '! settings and prompts taken as changed, by nightloop accept'],
	] as const)('settings that are taken: %s', (by, words) =>
		reads({ event: 'accepted', by, settings: { file: 'todo.md', text: '' }, prompts: [] }, words),
	);
	test('settings that are held', () => {
		reads(
			{ event: 'held', files: ['todo.md', 'prompts/re\u0007viewer.md'] },
			'! held as last accepted, as an agent may have changed it: todo.md, prompts/reviewer.md · to take it: nightloop accept, or a start from a terminal',
		);
		reads({ event: 'held', files: [] }, null);
	});
	test('a sum of the journal', () =>
		reads({ event: 'summed', parts: 1, entries: 5, digest: 'd', run: sumOf(replay([])) }, null));
	test('what is known again without a journal, and what is not', () => {
		const known = { task, text: 'Add', commit, equals: 1, tick: 'as it stands' } as const;
		const lost =
			'not known: attempts, findings, why work was kept, what was spent, which settings were accepted';
		reads(
			{ event: 'recalled', tasks: [known], sessions: 4, kept: [] },
			`! there is no journal here: 1 landed task known again from the commits · ${lost}`,
		);
		reads(
			{ event: 'recalled', tasks: [], sessions: 4, kept: ['refs/nightloop/parked/a'] },
			`! there is no journal here: 0 landed tasks known again from the commits · ${lost} · work that was kept: refs/nightloop/parked/a`,
		);
	});
	test('a session beside the loop', () => {
		const { task: _, ...rest } = ran;
		const planner = { role: 'planner', agent: 'claude', about: 'spec.md', outcome: '5 tasks' } as const;
		const planned = { event: 'planned', ...rest, ...planner, session: '0001-planner' as SessionId } as const;
		reads(planned, '← planner 0001-planner completed: 5 tasks · 12m · $0.42 · 1.2M tokens');
		const free = { ...planned, usage: { usd: 0, tokens: 0 } };
		const end = { kind: 'idle', ms: 900_000 } as const;
		reads({ ...free, end, outcome: '' }, '← planner 0001-planner idle for 15m · 12m');
	});
	test('a notice', () =>
		reads({ event: 'notice', text: 'settings are broken\nline 3' }, '! settings are broken'));
});

test('what an agent says cannot draw on the terminal or fill it', () => {
	const words = line({ event: 'notice', text: `\u001B[2J\u001B]0;owned\u0007hello\r${'x'.repeat(999)}` });
	expect(words).toBe('! hello');
	expect(line({ event: 'notice', text: 'x'.repeat(999) })).toHaveLength(202);
});
