import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { advance, replay } from '../../../src/core/run/run.ts';
import type { Event, Run } from '../../../src/core/types.ts';
import { openRuleBook } from '../../../src/io/steering/rules.ts';
import type { RuleBook } from '../../../src/io/steering/rules.ts';
import { rulesAtStart } from '../../../src/io/steering/rules-at-start.ts';
import type { StartedFrom } from '../../../src/io/steering/rules-at-start.ts';
import type { Reach } from '../../../src/io/walls/walls.ts';
import { entry, started } from '../../helpers/parts.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

const list = (settings: string) => `---\n${settings}\n---\n- [ ] Add\n`;
const TAME = '---\nagent: "true"\n---\napprove\n';
const ENDED: Event = { event: 'ended', ending: { kind: 'signal', signal: 'SIGTERM' }, tree: null };

describe('the rules', () => {
	test('are those of todo.md and prompts/, options laid over them', async () => {
		const { project } = await scratch({
			'todo.md': list('attempts: 2'),
			'prompts/worker.md': '---\nagent: sh work.sh\n---\n{{task}}\n',
			'prompts/reviewer.md': '---\nagent: sh review.sh\n---\n{{task}}\n',
			'prompts/reviewer-security.md': '{{task}}\n',
			'prompts/notes.md': '{{not a prompt}}\n',
		});
		const overrides = { reviewer: 'sh other.sh', attempts: 5 };
		const rules = await rulesAtStart(project, overrides, replay([]), 'nowhere');
		expect(rules).toMatchObject({ settings: { attempts: 5 }, worker: { agent: 'sh work.sh' } });
		expect(rules.reviewers.map(({ name, agent }) => `${name}: ${agent}`)).toEqual([
			'reviewer: sh other.sh',
			'reviewer-security: sh other.sh',
		]);
	});

	test('are the shipped prompts where the repository has none, which are never on record', async () => {
		const { project } = await scratch();
		const { worker, reviewers, texts } = await rulesAtStart(project, {}, replay([]), 'nowhere');
		expect([worker.name, ...reviewers.map(({ name }) => name)]).toEqual(['worker', 'reviewer']);
		expect(worker.body).toContain('{{task}}');
		expect(texts.prompts).toEqual([]);
	});

	test('are those of the root todo.md, whichever list is worked through', async () => {
		const { project, write } = await scratch({ 'todo.md': list('attempts: 7') });
		write('other.md', list('attempts: 1'));
		const other = { ...project, todo: project.todo.replace('todo.md', 'other.md') };
		expect((await rulesAtStart(other, {}, replay([]), 'nowhere')).settings.attempts).toBe(7);
	});
});

describe('a change to them', () => {
	test('is taken when no session lived, and shown', async () => {
		const { look, rules, told, write } = await opened();
		expect((await look()).settings.attempts).toBe(2);
		write('todo.md', list('attempts: 33'));
		expect(rules.isStale()).toBe(true);
		expect((await look()).settings.attempts).toBe(33);
		expect(told()).toEqual([
			'accepted: no session lived',
			'todo.md: - attempts: 2',
			'todo.md: + attempts: 33',
		]);
		expect(rules.isStale()).toBe(false);
	});

	test('to a prompt is taken as well, and one more reviewer is asked', async () => {
		const { look, write } = await opened();
		write('prompts/worker.md', '---\nagent: sh work.sh\n---\n{{task}}\n');
		write('prompts/reviewer-security.md', '{{task}}\n');
		const { worker, reviewers } = await look();
		expect([worker.agent, reviewers.length]).toEqual(['sh work.sh', 1]);
		expect(reviewers[0]?.name).toBe('reviewer-security');
	});

	test('is held when a session lived, and told once', async () => {
		const { look, rules, told, write } = await opened();
		rules.session('begins', 'everything');
		write('todo.md', list('attempts: 99'));
		expect((await look()).settings.attempts).toBe(2);
		rules.session('ended', 'everything');
		expect((await look()).settings.attempts).toBe(2);
		expect((await look()).settings.attempts).toBe(2);
		expect(told()).toEqual(['held: todo.md']);
	});

	test('that pauses acts at once, whoever made it, and so does taking it back', async () => {
		const { look, rules, told, write } = await opened();
		rules.session('begins', 'everything');
		write('todo.md', list('attempts: 99\npause: true'));
		expect((await look()).settings).toMatchObject({ attempts: 2, pause: true });
		rules.session('ended', 'everything');
		expect((await look()).settings).toMatchObject({ attempts: 2, pause: true });
		write('todo.md', list('attempts: 2'));
		expect((await look()).settings).toMatchObject({ attempts: 2, pause: false });
		expect(told()).toEqual(['held: todo.md', 'held: ']);
	});

	test.each<[string, (place: Opened) => void]>([
		['alone', () => undefined],
		['beside a list that is away', ({ project }) => rmSync(project.todo)],
	])('made in a session and first seen after it, %s, is held as well', async (_name, also) => {
		const place = await opened();
		const { look, rules, told, write } = place;
		rules.session('begins', 'everything');
		write('prompts/reviewer.md', TAME);
		also(place);
		rules.session('ended', 'everything');
		expect((await look()).reviewers[0]?.agent).toBe('claude');
		write('todo.md', list('attempts: 2'));
		expect((await look()).reviewers[0]?.agent).toBe('claude');
		expect(told()).toEqual(['held: prompts/reviewer.md']);
	});

	test('back to what is in force is no change', async () => {
		const { look, rules, told, write } = await opened();
		rules.session('begins', 'everything');
		write('todo.md', `${list('attempts: 2')}- [ ] Bend\n`);
		await look();
		expect(told()).toEqual([]);
	});

	test('that cannot be read keeps the last good ones, and says why; mended it is taken', async () => {
		const { look, rules, told, write } = await opened();
		write('todo.md', list('atempts: 3'));
		expect((await look()).settings.attempts).toBe(2);
		expect(told()).toEqual([expect.stringMatching(/todo\.md:2.*The last good settings stay in force\.$/)]);
		rules.session('begins', 'everything');
		rules.session('ended', 'everything');
		await look();
		write('todo.md', list('attempts: 3'));
		expect((await look()).settings.attempts).toBe(3);
		expect(told().slice(1, 2)).toEqual(['accepted: no session lived']);
	});

	test('that is held stays held when another one is taken later', async () => {
		const { look, rules, told, write } = await opened();
		rules.session('begins', 'everything');
		write('prompts/reviewer.md', TAME);
		rules.session('ended', 'everything');
		await look();
		write('todo.md', list('attempts: 33'));
		const { settings, reviewers } = await look();
		expect([settings.attempts, reviewers[0]?.agent]).toEqual([33, 'claude']);
		expect(told().slice(0, 2)).toEqual(['held: prompts/reviewer.md', 'accepted: no session lived']);
	});

	test('that is held is not taken with what is added to it later, and that is said', async () => {
		const { look, rules, told, write } = await opened();
		rules.session('begins', 'everything');
		write('todo.md', list('attempts: 2\nnotify: evil'));
		rules.session('ended', 'everything');
		await look();
		write('todo.md', list('attempts: 3\nnotify: evil'));
		expect((await look()).settings).toMatchObject({ attempts: 2, notify: null });
		expect(told()).toEqual(['held: todo.md', 'held: todo.md']);
	});

	test('that is held stays so while the list is away', async () => {
		const { look, rules, told, write, project } = await opened();
		rules.session('begins', 'everything');
		write('todo.md', list('attempts: 99'));
		rules.session('ended', 'everything');
		await look();
		rmSync(project.todo);
		await look();
		write('todo.md', '');
		await look();
		write('todo.md', list('attempts: 99'));
		expect((await look()).settings.attempts).toBe(2);
		expect(new Set(told())).toEqual(new Set(['held: todo.md']));
	});

	test.each([
		['a folder', (file: string) => mkdirSync(file)],
		['a pipe', (file: string) => execFileSync('mkfifo', [file])],
		['nothing', () => undefined],
		['empty', (file: string) => writeFileSync(file, '')],
	])('by a list that became %s is none', async (_name, make) => {
		const { look, told, project } = await opened();
		rmSync(project.todo);
		make(project.todo);
		expect((await look()).settings.attempts).toBe(2);
		expect(told()).toEqual([]);
	});

	test('waits for the next attempt, but for the pause, the deadline and the budget', async () => {
		const { look, rules, write } = await opened();
		rules.attempt('begins');
		write('todo.md', list('attempts: 3\nchecks: "true"\npause: true\nbudget: {sessions: 9}\nuntil: 1h'));
		write('prompts/reviewer.md', TAME);
		const now = await look();
		expect(now.settings).toMatchObject({ attempts: 2, checks: [], pause: true, budget: { sessions: 9 } });
		expect([now.settings.until, now.reviewers[0]?.agent]).toEqual([
			{ kind: 'after', ms: 3_600_000 },
			'claude',
		]);
		rules.attempt('over');
		const then = await look();
		expect([then.settings.attempts, then.settings.checks, then.reviewers[0]?.agent]).toEqual([
			3,
			['true'],
			'true',
		]);
	});
});

describe('while a session lives that', () => {
	const TODO = 'attempts: 33';
	const attemptsAfter = async (
		reach: Reach,
		change: (place: Opened) => void,
		first?: (place: Opened) => void,
	) => {
		const place = await opened();
		first?.(place);
		await place.look();
		place.rules.session('begins', reach);
		change(place);
		return { ...place, now: await place.look() };
	};
	const saved = ({ write }: Opened) => write('todo.md', list(TODO));

	test('can write to nothing, settings are taken', async () => {
		const { now, told } = await attemptsAfter('nothing', saved);
		expect([now.settings.attempts, told()[0]]).toEqual([33, 'accepted: walled off']);
	});

	test('is walled off from the list, settings are taken', async () => {
		const { now, told } = await attemptsAfter('work tree', saved);
		expect([now.settings.attempts, told()[0]]).toEqual([33, 'accepted: walled off']);
	});

	test.each<[string, (place: Opened) => void]>([
		[
			'is replaced',
			({ project, write }) => {
				write('todo.new', list(TODO));
				renameSync(path.join(project.folder, 'todo.new'), project.todo);
			},
		],
		[
			'is reached by another link',
			({ project, write }) => {
				linkSync(project.todo, path.join(project.folder, 'link'));
				write('link', list(TODO));
			},
		],
	])('works in the tree, a list that %s is held', async (_name, change) => {
		const { now, told } = await attemptsAfter('work tree', change);
		expect([now.settings.attempts, told()]).toEqual([2, ['held: todo.md']]);
	});

	test('works in the tree, a folder of prompts that was not there is held', async () => {
		const { now, told } = await attemptsAfter('work tree', ({ write }) => write('prompts/reviewer.md', TAME));
		expect([now.reviewers[0]?.agent, told()]).toEqual(['claude', ['held: prompts/reviewer.md']]);
	});

	test('works in the tree, prompts are taken that are saved by a rename, made or removed', async () => {
		const { now, told } = await attemptsAfter(
			'work tree',
			({ project, write }) => {
				const inFolder = (name: string) => path.join(project.folder, 'prompts', name);
				write('prompts/new', TAME);
				renameSync(inFolder('new'), inFolder('reviewer.md'));
				rmSync(inFolder('reviewer-old.md'));
				write('prompts/worker.md', '---\nagent: sh work.sh\n---\n{{task}}\n');
			},
			({ write }) => {
				write('prompts/reviewer.md', '{{task}}\n');
				write('prompts/reviewer-old.md', '{{task}}\n');
			},
		);
		expect(now.worker.agent).toBe('sh work.sh');
		expect(now.reviewers.map(({ name, agent }) => [name, agent])).toEqual([['reviewer', 'true']]);
		expect(told()).toContain('accepted: walled off');
	});

	test('works in the tree, what an earlier one may have done is not excused by it', async () => {
		const { look, rules, told, write } = await opened();
		await look();
		rules.session('begins', 'everything');
		write('todo.md', list(TODO));
		rules.session('ended', 'everything');
		rules.session('begins', 'nothing');
		expect((await look()).settings.attempts).toBe(2);
		expect(told()).toEqual(['held: todo.md']);
	});
});

describe('a start', () => {
	const CHANGED = list('attempts: 99');

	test('the first one takes what it finds, and puts it on record', async () => {
		const { told, run } = await opened({ told: 'all' });
		expect(told()).toEqual(['accepted: first start']);
		expect(run().accepted?.settings).toEqual({ file: 'todo.md', text: '---\nattempts: 2\n---\n' });
	});

	test('that finds what was accepted has nothing to record', async () => {
		const first = await opened();
		const { told } = await restarted(first, [ENDED]);
		expect(told()).toEqual([]);
	});

	test('takes what changed since an orderly end', async () => {
		const first = await opened();
		first.write('todo.md', CHANGED);
		const { look, told } = await restarted(first, [ENDED]);
		expect([(await look()).settings.attempts, told()[0]]).toEqual([99, 'accepted: no session lived']);
	});

	test('holds what changed since the loop was killed, a pause aside, until a start from a terminal', async () => {
		const first = await opened();
		first.write('todo.md', list('attempts: 99\npause: true'));
		const second = await restarted(first);
		expect((await second.look()).settings).toMatchObject({ attempts: 2, pause: true });
		expect(second.told()).toEqual(['held: todo.md']);
		const third = await restarted(second, [ENDED]);
		expect([(await third.look()).settings.attempts, third.told()]).toEqual([2, ['held: todo.md']]);
		const fourth = await restarted(third, [], 'terminal');
		expect((await fourth.look()).settings.attempts).toBe(99);
		expect(fourth.told()).toEqual([
			'held: ',
			'accepted: terminal',
			'todo.md: - attempts: 2',
			'todo.md: + attempts: 99',
			'todo.md: + pause: true',
		]);
	});

	test('after a kill takes what the last session was walled off from', async () => {
		const first = await opened({ walls: 'namespaces' });
		first.rules.session('begins', 'work tree');
		first.write('todo.md', CHANGED);
		first.write('prompts/reviewer.md', TAME);
		const { look, told } = await restarted(first);
		const { settings, reviewers } = await look();
		expect([settings.attempts, reviewers[0]?.agent]).toEqual([99, 'claude']);
		expect(told().slice(0, 2)).toEqual(['held: prompts/reviewer.md', 'accepted: walled off']);
	});

	test('after a kill holds what a session that is still at it changes, until that is ended', async () => {
		const first = await opened();
		const { look, rules, told, write } = await restarted(first);
		write('todo.md', CHANGED);
		expect((await look()).settings.attempts).toBe(2);
		rules.session('ended', 'everything');
		await look();
		write('prompts/reviewer.md', TAME);
		expect((await look()).reviewers[0]?.agent).toBe('true');
		expect(told().slice(0, 2)).toEqual(['held: todo.md', 'accepted: no session lived']);
	});

	test('does not take held settings that come back after it', async () => {
		const first = await opened();
		first.rules.session('begins', 'everything');
		first.write('todo.md', CHANGED);
		await first.look();
		first.write('todo.md', '');
		const { look, rules, write } = await restarted(first);
		rules.session('ended', 'everything');
		await look();
		write('todo.md', CHANGED);
		expect((await look()).settings.attempts).toBe(2);
	});
});

interface Opened extends Pick<Scratch, 'project' | 'write'> {
	readonly rules: RuleBook;
	readonly look: RuleBook['look'];
	/** Events in short; those of the opening of a first book are left out. */
	told(): string[];
	/** The sum of all that was told since the beginning. */
	run(): Run;
}

/** A book at the first start of a loop that works on, in a repository without prompts. */
async function opened(options: { told?: 'all'; walls?: string } = {}): Promise<Opened> {
	const { project, write } = await scratch({ 'todo.md': list('attempts: 2') });
	const begun = replay([]);
	const book = await open({ project, write }, begun, 'nowhere');
	const first = options.told === 'all' ? 0 : book.told().length;
	const walls = { ...started, walls: options.walls ?? 'groups' } as Event;
	return {
		...book,
		told: () => book.told().slice(first),
		run: () => advance(book.run(), entry(walls, 0)),
	};
}

async function restarted(
	before: Opened,
	more: readonly Event[] = [],
	from: StartedFrom = 'nowhere',
): Promise<Opened> {
	const run = more.reduce((sum, event) => advance(sum, entry(event, 0)), before.run());
	return open(before, run, from);
}

async function open(
	{ project, write }: Pick<Scratch, 'project' | 'write'>,
	before: Run,
	from: StartedFrom,
): Promise<Opened> {
	const events: Event[] = [];
	const start = await rulesAtStart(project, {}, before, from);
	const records = { tell: (event: Event) => void events.push(event), told: async () => undefined };
	const rules = openRuleBook(project, {}, start, records);
	return {
		project,
		write,
		rules,
		look: () => rules.look(),
		told: () => events.map(short),
		run: () => events.reduce((sum, event) => advance(sum, entry(event, 0)), before),
	};
}

function short(event: Event): string {
	if (event.event === 'notice') return event.text;
	if (event.event === 'held') return `held: ${event.files.join(', ')}`;
	return event.event === 'accepted' ? `accepted: ${event.by}` : event.event;
}
