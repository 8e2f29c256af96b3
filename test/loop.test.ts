import { describe, expect, test } from 'vitest';
import { loop } from '../loop.ts';
import { replay } from '../src/core/run/run.ts';
import type { CheckResult, Ending, Entry, Event, SessionEnd, SessionOrder } from '../src/core/types.ts';
import {
	approves,
	approvesRed,
	approvesWith,
	fakeWorld,
	newDisk,
	prompt,
	rejects,
} from './helpers/fake-world.ts';
import type { Disk, FakeOptions } from './helpers/fake-world.ts';

const FAILED: SessionEnd = { kind: 'failed', exitCode: 1, signal: null, message: 'it broke' };
const IDLE: SessionEnd = { kind: 'idle', ms: 1000 };
const HOUR = 3_600_000;

describe('a task', () => {
	test('that is approved is committed once and ticked', async () => {
		const { disk, ending } = await run('- [ ] Add\n');
		expect(ending).toEqual({ kind: 'nothing-open', done: 1, parked: 0 });
		expect(disk.todo).toBe('- [x] Add\n');
		expect(trees(disk)).toEqual(['Add v1']);
	});

	test('ticks its parent with its last leaf', async () => {
		const { disk } = await run('- [ ] All\n  - [ ] One\n  - [ ] Two\n');
		expect(disk.todo).toBe('- [x] All\n  - [x] One\n  - [x] Two\n');
	});

	test('goes on with the findings of a rejection, then parks with its work kept', async () => {
		const seen: string[] = [];
		const { disk, ending } = await run('- [ ] Add\n', {
			settings: { attempts: 2 },
			work: (order) => (seen.push(order.holes.findings ?? ''), {}),
			review: () => rejects('it lies'),
		});
		expect(ending).toEqual({ kind: 'nothing-open', done: 0, parked: 1 });
		expect(disk.todo).toBe('- [!] Add\n');
		expect(seen).toEqual(['', '- it lies (found by reviewer)\n  run it']);
		expect(disk.work).toBe('start');
		expect(disk.refs).toContain('parked/Add v2');
	});

	test('starts its last attempt over from base, and the ones before it on the tree as it stands', async () => {
		const trees: string[] = [];
		await run('- [ ] Add\n', {
			settings: { attempts: 3 },
			work: (_, disk) => (trees.push(disk.work), {}),
			review: () => rejects('no'),
		});
		expect(trees).toEqual(['start', 'Add v1', 'start']);
	});

	test('whose session changed nothing fails without a review', async () => {
		const { disk } = await run('- [ ] Add\n', { settings: { attempts: 1 }, work: () => ({ tree: 'start' }) });
		expect(disk.log.some((point) => point.startsWith('session reviewer'))).toBe(false);
		expect(disk.todo).toBe('- [!] Add\n');
	});

	test('that is already done is judged like any other, and lands', async () => {
		const { disk } = await run('- [ ] Add\n', {
			work: () => ({ tree: 'start', text: status('already-done', 'in a.js') }),
		});
		expect(disk.log).toContain('session reviewer Add 1');
		expect(disk.todo).toBe('- [x] Add\n');
	});

	test('is parked with the reason when its worker is blocked twice', async () => {
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 5 },
			work: () => ({ text: status('blocked', 'no key') }),
		});
		expect(events(disk, 'parked')[0]?.why).toBe('blocked: no key');
		expect(events(disk, 'rejected')).toHaveLength(2);
	});

	test('whose work tree cannot be hashed gets that as its finding', async () => {
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 1 },
			propose: () => ({ what: 'too much', evidence: 'a\nb' }),
		});
		expect(events(disk, 'rejected')[0]?.findings[0]).toMatchObject({ what: 'too much', evidence: 'a\nb' });
	});

	test('that a person un-parks starts its attempts afresh, with its findings at hand', async () => {
		const disk = newDisk('- [ ] Add\n');
		const findings: string[] = [];
		const options: FakeOptions = {
			settings: { attempts: 1 },
			work: (order) => (findings.push(order.holes.findings ?? ''), {}),
			review: () => rejects('no'),
		};
		await loop(fakeWorld(disk, options));
		disk.todo = '- [ ] Add\n';
		disk.work = disk.commits.at(-1)!.tree;
		await loop(fakeWorld(disk, { ...options, review: () => approves }));
		expect(disk.todo).toBe('- [x] Add\n');
		expect(findings[1]).toContain('no (found by reviewer)');
	});
});

describe('checks', () => {
	test('that are red spend no reviewer, and their output is the finding', async () => {
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 1, checks: ['npm test', 'lint'] },
			check: (command, _tree, on) => (command === 'lint' && on !== 'base' ? 'red' : 'green'),
		});
		expect(events(disk, 'rejected')[0]?.findings).toEqual([
			{ what: '`lint` failed (exit 1), twice', evidence: 'its output', blocking: true, by: 'lint' },
		]);
		expect(events(disk, 'reviewed')).toEqual([]);
	});

	test('that do not end in time are red', async () => {
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 1, checks: ['npm test'] },
			check: (_command, _tree, on) => (on === 'base' ? 'green' : 'overtime'),
		});
		expect(events(disk, 'rejected')[0]?.findings[0]?.what).toBe('`npm test` did not end in time');
	});

	test('that are red once and green on the same tree cost no attempt, and are told to the reviewer', async () => {
		const told: (string | undefined)[] = [];
		const { disk } = await run('- [ ] Add\n', {
			settings: { checks: ['npm test'] },
			check: (_command, _tree, on) => (on === 'candidate' ? 'red' : 'green'),
			review: (order) => (told.push(order.holes.checks), approves),
		});
		expect(ran(disk)).toEqual(['candidate', 'base', 'candidate again']);
		expect(told).toEqual([expect.stringContaining('flaky')]);
		expect(events(disk, 'landed')[0]?.attempt).toBe(1);
	});

	test('that are red at base gate nothing until they are green once on what landed', async () => {
		const todo = '- [ ] A\n- [ ] B\n- [ ] C\n';
		const { disk } = await run(todo, {
			settings: { checks: ['npm test'], attempts: 1 },
			check: (_command, tree) => (tree.startsWith('B') ? 'green' : 'red'),
		});
		expect(disk.todo).toBe('- [x] A\n- [x] B\n- [!] C\n');
		expect(ran(disk)).toEqual(['candidate', 'base', 'candidate', 'candidate', 'candidate again']);
	});

	test('that are red at base with what the worker has installed land by an explicit word alone', async () => {
		const poisoned = {
			settings: { checks: ['npm test'], attempts: 1 },
			check: () => 'red' as const,
			installed: 'changed',
		} as const;
		const { disk: plain } = await run('- [ ] A\n', poisoned);
		expect(plain.todo).toBe('- [!] A\n');
		const { disk: told } = await run('- [ ] A\n', { ...poisoned, review: () => approvesRed });
		expect(told.todo).toBe('- [x] A\n');
	});

	test('are not run again on a tree that was green', async () => {
		const { disk } = await run('- [ ] A\n', {
			settings: { checks: ['npm test'] },
			work: () => ({ tree: 'the same' }),
			review: (order) => (order.attempt === 1 ? rejects('no') : approves),
		});
		expect(events(disk, 'landed')[0]?.attempt).toBe(2);
		expect(disk.log.filter((effect) => ['check', 'know'].includes(effect))).toEqual(['check', 'know']);
	});

	test('are run again on a tree that was green with other things installed', async () => {
		const { disk } = await run('- [ ] A\n', {
			settings: { checks: ['npm test'] },
			installed: 'changed',
			work: () => ({ tree: 'the same' }),
			review: (order) => (order.attempt === 1 ? rejects('no') : approves),
		});
		expect(disk.log.filter((effect) => ['check', 'know'].includes(effect))).toEqual(['check', 'check']);
	});

	test('are run again on a tree that was red: what is installed may be other than it was', async () => {
		const results: CheckResult['result'][] = ['red', 'green', 'red', 'green'];
		const { disk } = await run('- [ ] A\n', {
			settings: { checks: ['npm test'] },
			work: () => ({ tree: 'the same' }),
			check: () => results.shift()!,
		});
		expect(events(disk, 'landed')[0]?.attempt).toBe(2);
		expect(ran(disk)).toEqual(['candidate', 'base', 'candidate again', 'candidate']);
	});
});

describe('a test-first pair', () => {
	const todo = '- [ ] Write the tests\n- [ ] Write the code\n';
	const declares = '```status\n{"status":"done","red":"there is no code yet"}\n```\n';
	const check = (_command: string, tree: string, on: string) =>
		tree.includes('code') || on === 'base' ? 'green' : 'red';
	const work = (order: SessionOrder) => ({ text: order.text.includes('tests') ? declares : '' });

	test('lands in two tasks, when each approval says that the red is expected', async () => {
		const { disk } = await run(todo, {
			settings: { checks: ['npm test'], attempts: 1 },
			check,
			work,
			review: (order) => (order.text.includes('tests') ? approvesRed : approves),
		});
		expect(disk.todo).toBe('- [x] Write the tests\n- [x] Write the code\n');
		expect(ran(disk)).toEqual(['candidate', 'base', 'candidate']);
	});

	test('does not land by an approval that does not say so', async () => {
		const { disk } = await run(todo, { settings: { checks: ['npm test'], attempts: 1 }, check, work });
		expect(disk.todo).toBe('- [!] Write the tests\n- [x] Write the code\n');
		expect(events(disk, 'rejected')[0]?.findings[0]?.what).toContain('did not say that this is expected');
	});
});

describe('reviewers', () => {
	test('must all approve, each in a session of its own', async () => {
		const reviewers = [prompt('reviewer'), prompt('reviewer-security')];
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 1 },
			reviewers,
			review: (order) => (order.prompt.name === 'reviewer' ? approves : rejects('a hole')),
		});
		expect(trees(disk)).toEqual([]);
		const { disk: both } = await run('- [ ] Add\n', { reviewers });
		expect(events(both, 'landed')[0]?.reviewers).toEqual(['0002-reviewer', '0003-reviewer']);
	});

	test('have all that they found told to the next worker, each under its name', async () => {
		const told: (string | undefined)[] = [];
		await run('- [ ] Add\n', {
			settings: { attempts: 2 },
			reviewers: [prompt('reviewer'), prompt('reviewer-security')],
			work: (order) => (told.push(order.holes.findings), {}),
			review: (order) => (order.prompt.name === 'reviewer' ? approvesWith('a long name') : rejects('a hole')),
		});
		expect(told[1]).toBe(
			'- a hole (found by reviewer-security)\n  run it\n- a long name (found by reviewer)\n  read it',
		);
	});

	test('are not asked any more once one has rejected', async () => {
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 1 },
			reviewers: [prompt('reviewer'), prompt('reviewer-b'), prompt('reviewer-c')],
			review: (order) => (order.prompt.name === 'reviewer-b' ? rejects('no') : approves),
		});
		expect(events(disk, 'reviewed').map(({ reviewer }) => reviewer)).toEqual(['reviewer', 'reviewer-b']);
	});

	test('that give no readable verdict are asked once more, then it is a rejection that says so', async () => {
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 1 },
			review: () => ({ text: 'approved!' }),
		});
		expect(events(disk, 'reviewed')).toHaveLength(2);
		expect(events(disk, 'rejected')[0]?.findings[0]?.what).toBe(
			'reviewer gave no readable verdict on this candidate',
		);
		expect(disk.todo).toBe('- [!] Add\n');
	});

	test('that crash, or run out of time, have not approved', async () => {
		for (const end of [FAILED, IDLE]) {
			const { disk } = await run('- [ ] Add\n', {
				settings: { attempts: 1 },
				review: () => ({ ...approves, end }),
			});
			expect(trees(disk)).toEqual([]);
		}
	});

	test('that are at their limit are waited for, and asked again', async () => {
		let asked = 0;
		const { disk } = await run('- [ ] Add\n', {
			review: () =>
				asked++ < 3 ? { ...approves, end: { kind: 'limited', until: null, message: 'come back' } } : approves,
		});
		expect(trees(disk)).toEqual(['Add v1']);
		expect(events(disk, 'waiting').map((event) => event.for.kind)).toEqual(['limit', 'limit', 'limit']);
	});

	test('that leave files changed in their room have judged something else', async () => {
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 1 },
			review: () => ({ ...approves, roomChanges: ['a.js'] }),
		});
		expect(trees(disk)).toEqual([]);
	});

	test('during whose session the work tree changed are asked about the new candidate', async () => {
		let drifts = 0;
		const { disk } = await run('- [ ] Add\n', {
			drift: (disk) => (drifts++ === 0 ? ((disk.work = 'Add v1 and an edit'), ['b.js']) : []),
		});
		expect(trees(disk)).toEqual(['Add v1 and an edit']);
		expect(events(disk, 'proposed')).toHaveLength(2);
	});

	test('under whom the tree is never still make the attempt fail', async () => {
		const { disk } = await run('- [ ] Add\n', { settings: { attempts: 1 }, drift: () => ['b.js'] });
		expect(events(disk, 'rejected')[0]?.findings[0]?.what).toContain('changed again and again');
	});
});

describe('a session that is cut off', () => {
	test('costs no attempt, and the next one is told', async () => {
		let cut = 0;
		const told: string[] = [];
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 1 },
			work: (order) => (told.push(order.cutOff ?? ''), cut++ < 3 ? { end: FAILED } : {}),
		});
		expect(disk.todo).toBe('- [x] Add\n');
		expect(told).toEqual(['', ...Array.from({ length: 3 }, () => expect.stringContaining('failed with '))]);
	});

	test('five times parks the task', async () => {
		const { disk } = await run('- [ ] Add\n', { work: () => ({ end: IDLE }) });
		expect(events(disk, 'worked')).toHaveLength(5);
		expect(events(disk, 'parked')[0]?.why).toContain('5 sessions were cut off');
	});

	test.each<[string, SessionEnd]>([
		['limited', { kind: 'limited', until: Date.UTC(2026, 0, 1, 2), message: 'until two' }],
		['outage', { kind: 'outage', message: 'overloaded' }],
		['auth', { kind: 'auth', message: 'log in' }],
	])('as the provider is %s is waited out however long it lasts', async (_name, end) => {
		let cut = 0;
		const { disk } = await run('- [ ] Add\n', {
			settings: { attempts: 1 },
			work: () => (cut++ < 8 ? { end } : {}),
		});
		expect(disk.todo).toBe('- [x] Add\n');
		expect(events(disk, 'waiting')).toHaveLength(8);
		expect(disk.clock).toBeGreaterThan(Date.UTC(2026, 0, 1) + 10 * 60_000);
	});
});

describe('landing', () => {
	test('is judged anew when the branch moved before the commit was made', async () => {
		let moved = 0;
		const { disk } = await run('- [ ] Add\n', { seal: () => (moved++ === 0 ? 'the branch moved' : null) });
		expect(trees(disk)).toEqual(['Add v1']);
		expect(events(disk, 'unlanded')).toHaveLength(1);
		expect(events(disk, 'reviewed')).toHaveLength(2);
	});

	test('is judged anew when the branch moved at the last moment, and waits while the index is held', async () => {
		const troubles = [{ kind: 'busy', why: 'held' } as const, { kind: 'stale', why: 'moved' } as const];
		const { disk } = await run('- [ ] Add\n', { land: () => troubles.shift() ?? null });
		expect(trees(disk)).toEqual(['Add v1']);
		expect(events(disk, 'waiting')[0]?.for).toEqual({ kind: 'repository', why: 'held' });
	});

	test('makes a tick again, once, that a stale buffer undid', async () => {
		let undone = 0;
		const { disk } = await run('- [ ] Add\n- [ ] Bend\n', {
			person: (disk) =>
				void (
					events(disk, 'marked').length === 1 &&
					undone++ === 0 &&
					(disk.todo = disk.todo.replace('[x] Add', '[ ] Add'))
				),
		});
		expect(disk.todo).toBe('- [x] Add\n- [x] Bend\n');
		expect(trees(disk)).toEqual(['Add v1', 'Bend v1']);
	});

	test('takes the second undoing for a wish', async () => {
		let undone = 0;
		const { disk } = await run('- [ ] Add\n', {
			person: (disk) => void (disk.todo === '- [x] Add\n' && undone++ < 2 && (disk.todo = '- [ ] Add\n')),
			work: (order, disk) => ({ tree: `${order.text} of ${disk.log.length}` }),
		});
		expect(disk.commits).toHaveLength(3);
	});

	test('never ticks the twin of a landed task whose line was deleted', async () => {
		const disk = newDisk('- [ ] Add\n- [ ] Add\n');
		let deleted = 0;
		await loop(
			fakeWorld(disk, {
				mode: 'once',
				person: (disk) =>
					void (events(disk, 'marked').length === 1 && deleted++ === 0 && (disk.todo = '- [ ] Add\n')),
			}),
		);
		expect(disk.todo).toBe('- [ ] Add\n');
	});

	test('owes no tick to a task that is gone', async () => {
		const { disk } = await run('- [ ] Add\n- [ ] Bend\n', {
			person: (disk) =>
				void (events(disk, 'landed').length === 1 && (disk.todo = disk.todo.replace('- [ ] Add\n', ''))),
		});
		expect(events(disk, 'marked')[0]?.outcome).toBe('gone');
	});

	test('waits with the tick while there is no list to write to', async () => {
		let refused = 0;
		const { disk } = await run('- [ ] Add\n', { mark: () => (refused++ < 2 ? 'not now' : null) });
		expect(disk.todo).toBe('- [x] Add\n');
	});
});

describe('a person', () => {
	test('who deletes the current task gets its changes taken out and kept', async () => {
		const { disk } = await run('- [ ] Add\n- [ ] Bend\n', {
			person: whileOn('Add', (disk) => (disk.todo = '- [ ] Bend\n')),
		});
		expect(events(disk, 'abandoned')[0]?.why).toBe('deleted by hand');
		expect(trees(disk)).toEqual(['Bend v1']);
	});

	test('who drops or ticks it, or gives it subtasks, ends it as well', async () => {
		for (const [line, why] of [
			['- [-] Add', 'marked dropped by hand'],
			['- [x] Add', 'marked done by hand'],
			['- [ ] Add\n  - [x] Part', 'given subtasks by hand'],
		] as const) {
			const { disk } = await run('- [ ] Add\n- [ ] Bend\n', {
				person: whileOn('Add', (disk) => (disk.todo = disk.todo.replace('- [ ] Add', line))),
			});
			expect(events(disk, 'abandoned')[0]?.why).toBe(why);
		}
	});

	test('who rewords it finds its changes kept for the new wording', async () => {
		const { disk } = await run('- [ ] Add\n- [ ] Bend\n', {
			person: (disk) =>
				void (events(disk, 'worked').length === 1 && (disk.todo = disk.todo.replace('Add\n', 'Add more\n'))),
			work: (order, disk) => ({ tree: `${disk.work}, ${order.text}` }),
		});
		expect(events(disk, 'abandoned')[0]?.why).toBe('reworded by hand');
		expect(trees(disk)[0]).toBe('start, Add, Add more');
	});

	test('who drops it before anything was changed has nothing to take out', async () => {
		const { disk } = await run('- [ ] Add\n- [ ] Bend\n', {
			work: () => ({ tree: 'start' }),
			settings: { attempts: 1 },
			person: whileOn('Add', (disk) => (disk.todo = '- [-] Add\n')),
		});
		expect(disk.refs.filter((ref) => ref.startsWith('snapshots'))).toEqual([]);
	});

	test('who adds a task above waits for the one in hand, also between its attempts', async () => {
		const { disk } = await run('- [ ] Bend\n', {
			review: (_, tree) => (tree === 'Bend v1' ? rejects('no') : approves),
			person: whileOn('Bend', (disk) => (disk.todo = '- [ ] Add\n- [ ] Bend\n')),
		});
		expect(trees(disk)).toEqual(['Bend v2', 'Add v1']);
	});

	test('who drops a rejected task before its next attempt gets the tree cleared for the next one', async () => {
		const { disk } = await run('- [ ] Add\n- [ ] Bend\n', {
			review: (_, tree) => (tree.startsWith('Add') ? rejects('no') : approves),
			person: (disk) =>
				void (events(disk, 'rejected').length === 1 && (disk.todo = disk.todo.replace('[ ] Add', '[-] Add'))),
		});
		expect(disk.refs).toContain('snapshots/Add v1');
		expect(trees(disk)).toEqual(['Bend v1']);
	});

	test('who empties, breaks or removes the list is waited for', async () => {
		const states = ['', '```\n- [ ] Add\n', '- [ ] Add\n'];
		const { disk } = await run('- [ ] Add\n', {
			person: (disk) =>
				void (events(disk, 'opened').length === 1 && (disk.todo = states.shift() ?? disk.todo)),
		});
		expect(events(disk, 'waiting').map((event) => event.for.kind)).toContain('todo');
		expect(disk.todo).toBe('- [x] Add\n');
	});

	test('who empties it between two tasks is waited for as well', async () => {
		const { disk } = await run('- [ ] Add\n', {
			person: (disk) =>
				void (disk.clock < Date.UTC(2026, 0, 1) + 60_000
					? (disk.todo = '')
					: disk.todo === '' && (disk.todo = '- [ ] Add\n')),
		});
		expect(disk.todo).toBe('- [x] Add\n');
	});

	test('who pauses sees nothing new started until it is taken back', async () => {
		const { disk } = await run('- [ ] Add\n', { settings: { pause: true }, person: stopAfter(5, 'finish') });
		expect(events(disk, 'waiting')[0]?.for.kind).toBe('pause');
		expect(trees(disk)).toEqual([]);
	});

	test('who checks out another branch ends the session, and is waited for until the run’s is back', async () => {
		const start = Date.UTC(2026, 0, 1);
		let looks = 0;
		const { disk } = await run('- [ ] Add\n', {
			person: (disk) => {
				const isAway = events(disk, 'opened').length > 0 && looks++ > 0 && disk.clock < start + 120_000;
				return { elsewhere: isAway ? 'topic' : null };
			},
		});
		expect(events(disk, 'worked')[0]?.end).toEqual({ kind: 'stopped', why: 'topic was checked out' });
		expect(events(disk, 'waiting').map((event) => event.for.kind)).toEqual(['repository']);
		expect(trees(disk)).toEqual(['Add v1']);
	});

	test('who has another branch checked out is waited for', async () => {
		let elsewhere = 0;
		const { disk } = await run('- [ ] Add\n', {
			open: () => (elsewhere++ < 2 ? { elsewhere: 'topic is checked out' } : null),
		});
		expect(events(disk, 'waiting')).toHaveLength(2);
		expect(trees(disk)).toEqual(['Add v1']);
	});

	test('who asks it to finish gets the attempt in hand landed, and no other begun', async () => {
		const { disk, ending } = await run('- [ ] Add\n- [ ] Bend\n', {
			person: (disk) =>
				events(disk, 'opened').length > 0 ? { stop: { kind: 'finish', signal: 'SIGINT' } } : {},
		});
		expect(ending).toEqual({ kind: 'signal', signal: 'SIGINT' });
		expect(trees(disk)).toEqual(['Add v1']);
	});

	test('who asks it to stop now ends the session, and the next start goes on with the attempt', async () => {
		const disk = newDisk('- [ ] Add\n');
		let looks = 0;
		const person: Person = (disk) =>
			events(disk, 'opened').length > 0 && looks++ > 0 ? { stop: { kind: 'now', signal: 'SIGTERM' } } : {};
		const ending = await loop(fakeWorld(disk, { person }));
		expect(ending).toEqual({ kind: 'signal', signal: 'SIGTERM' });
		expect(events(disk, 'worked')[0]?.end).toEqual({ kind: 'stopped', why: 'asked to stop (SIGTERM)' });
		await loop(fakeWorld(disk));
		expect(trees(disk)).toEqual(['Add v1']);
	});

	test('who stops it while a check runs finds the check run again', async () => {
		const disk = newDisk('- [ ] Add\n');
		const options: FakeOptions = { settings: { checks: ['npm test'] } };
		await loop(
			fakeWorld(disk, {
				...options,
				person: (disk) =>
					events(disk, 'proposed').length > 0 && disk.log.length % 2
						? { stop: { kind: 'now', signal: 'SIGTERM' } }
						: {},
			}),
		);
		await loop(fakeWorld(disk, options));
		expect(trees(disk)).toEqual(['Add v1']);
	});
});

describe('the run', () => {
	test('waits for edits when nothing is open, and goes on with them', async () => {
		const { disk } = await run('- [x] Add\n', {
			mode: 'forever',
			person: (disk) =>
				disk.clock > Date.UTC(2026, 0, 1) + HOUR
					? { stop: { kind: 'finish', signal: 'SIGINT' } }
					: void (
							disk.clock > Date.UTC(2026, 0, 1) + 60_000 &&
							disk.commits.length === 1 &&
							(disk.todo = '- [ ] Bend\n')
						),
		});
		expect(trees(disk)).toEqual(['Bend v1']);
		expect(events(disk, 'waiting').map((event) => event.for.kind)).toEqual(['edits', 'edits']);
	});

	test('leaves optional tasks alone unless they are asked for', async () => {
		expect(trees((await run('- [ ] All\n- [ ]* Extra\n')).disk)).toEqual(['All v1']);
	});

	test.each([
		['usd', 0.9, 2],
		['tokens', 150, 2],
		['sessions', 2, 2],
	] as const)('ends when its budget of %s is used up', async (what, limit, sessions) => {
		const { ending } = await run('- [ ] Add\n- [ ] Bend\n', {
			settings: { budget: { usd: null, tokens: null, sessions: null, [what]: limit } },
		});
		expect(ending).toMatchObject({ kind: 'budget', what, limit });
		expect(sessions).toBe(2);
	});

	test('starts no attempt after its deadline, but lands what was begun', async () => {
		const { disk, ending } = await run('- [ ] Add\n- [ ] Bend\n', {
			settings: { until: { kind: 'after', ms: 5 } },
		});
		expect(ending.kind).toBe('deadline');
		expect(trees(disk)).toEqual(['Add v1']);
	});

	test('ends at its deadline also while it waits', async () => {
		const { disk, ending } = await run('- [x] Add\n', {
			mode: 'forever',
			settings: { until: { kind: 'after', ms: HOUR } },
		});
		expect(ending).toEqual({ kind: 'deadline', until: Date.UTC(2026, 0, 1) + 1 + HOUR });
		expect(disk.clock).toBeLessThan(Date.UTC(2026, 0, 1) + HOUR + 60_000);
	});

	test('ends at the earlier one of its deadline and the time it waits for', async () => {
		const limited = { end: { kind: 'limited', until: Date.UTC(2026, 0, 1, 5), message: 'later' } } as const;
		const settings = { until: { kind: 'after', ms: HOUR } } as const;
		expect((await run('- [ ] Add\n', { settings, work: () => limited })).ending.kind).toBe('deadline');
	});

	test('with --once makes one attempt each time that it is started, also after a kill', async () => {
		const disk = newDisk('- [ ] Add\n- [ ] Bend\n');
		const killed = fakeWorld(disk, { mode: 'once', at: killAt('before close') });
		await expect(loop(killed)).rejects.toThrow('killed');
		await loop(fakeWorld(disk, { mode: 'once' }));
		expect(trees(disk)).toEqual(['Add v1', 'Bend v1']);
	});

	test('judges a task from the base of its first attempt, until something lands', async () => {
		const bases: (string | null)[] = [];
		const { disk } = await run('- [ ] Add\n- [ ] Bend\n', {
			work: (order, disk) => {
				bases.push(order.base);
				if (bases.length === 1)
					disk.commits.push({ id: 'theirs' as never, tree: 'a commit without an identity', message: '' });
				return {};
			},
			review: (_, tree) => (tree === 'Add v1' ? rejects('no') : approves),
		});
		expect(bases.slice(0, 2)).toEqual(['c0', 'c0']);
		expect(bases[2]).toBe(disk.commits.at(-2)?.id);
	});

	test('parks a task that is reworded under its worker again and again', async () => {
		let words = 0;
		const { disk } = await run('- [ ] Add\n', {
			work: (_, disk) => ((disk.todo = `- [ ] Add ${++words}\n`), {}),
		});
		expect(words).toBeLessThan(10);
		expect(events(disk, 'parked')).toHaveLength(1);
	});

	test('with --once ends after one attempt, and tells how it came out', async () => {
		expect((await run('- [ ] Add\n- [ ] Bend\n', { mode: 'once' })).ending).toEqual({
			kind: 'once',
			outcome: 'landed',
		});
		expect((await run('- [ ] Add\n', { mode: 'once', review: () => rejects('no') })).ending).toEqual({
			kind: 'once',
			outcome: 'not-landed',
		});
	});

	test('gives each task one attempt after three were parked in a row, until something lands', async () => {
		const todo = ['A', 'B', 'C', 'D', 'E'].map((name) => `- [ ] ${name}\n`).join('');
		const { disk } = await run(todo, { settings: { attempts: 2 }, review: () => rejects('no') });
		const attempts = ['A', 'B', 'C', 'D', 'E'].map(
			(name) => events(disk, 'rejected').filter((event) => event.text === name).length,
		);
		expect(attempts).toEqual([2, 2, 2, 1, 1]);
		expect(events(disk, 'parked').map((event) => event.inARow)).toEqual([1, 2, 3, 4, 5]);
	});

	test('takes a model per attempt, the last one repeating', async () => {
		const models: (string | null)[] = [];
		const world = {
			settings: { attempts: 3 },
			work: (order: { model: string | null }) => (models.push(order.model), {}),
			review: () => rejects('no'),
		};
		const disk = newDisk('- [ ] Add\n');
		const fake = fakeWorld(disk, world);
		await loop({
			...fake,
			look: async () => ({ ...(await fake.look()), worker: prompt('worker', { model: ['small', 'large'] }) }),
		});
		expect(models).toEqual(['small', 'large', 'large']);
	});

	test('is not disturbed by entries that make no sense where they stand', () => {
		const stray: Event[] = [
			{ event: 'settled', session: '0001-worker' as never, drift: ['a'], putRight: [] },
			{ event: 'unlanded', task: 'x' as never, why: '' },
			{ event: 'edited', summary: '' },
			{ event: 'notice', text: '' },
		];
		const entries = stray.map((event) => ({ at: '2026-01-01T00:00:00.000Z', ...event })) as Entry[];
		expect(replay(entries)).toEqual(replay([]));
	});
});

type Person = NonNullable<FakeOptions['person']>;

async function run(todo: string, options: FakeOptions = {}): Promise<{ disk: Disk; ending: Ending }> {
	const disk = newDisk(todo);
	return { disk, ending: await loop(fakeWorld(disk, options)) };
}

function trees(disk: Disk): string[] {
	return disk.commits.slice(1).map((commit) => commit.tree);
}

/** What the checks were run on, in order. */
function ran(disk: Disk): string[] {
	return events(disk, 'checked').map(({ on }) => on);
}

function events<Name extends Event['event']>(disk: Disk, name: Name) {
	return disk.journal.filter((entry): entry is Extract<Entry, { event: Name }> => entry.event === name);
}

function status(word: string, reason: string): string {
	return `so it is\n\`\`\`status\n${JSON.stringify({ status: word, reason })}\n\`\`\`\n`;
}

/** Once, when the first session on that task was opened. */
function whileOn(text: string, act: (disk: Disk) => void): Person {
	let done = 0;
	return (disk) =>
		void (events(disk, 'opened').some((event) => event.text === text) && done++ === 0 && act(disk));
}

function stopAfter(looks: number, kind: 'finish' | 'now'): Person {
	let count = 0;
	return () => (++count > looks ? { stop: { kind, signal: 'SIGINT' } } : {});
}

function killAt(place: string): (point: string) => void {
	return (point) => {
		if (point === place) throw new Error('killed');
	};
}
