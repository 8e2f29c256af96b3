import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openRuleBook, readRules } from '../../src/io/rules.ts';
import { scratch } from '../helpers/scratch.ts';

const list = (settings: string) => `---\n${settings}\n---\n- [ ] Add\n`;
const TAKEN = 'settings and prompts taken as changed';
const HELD = expect.stringContaining('held as they were') as unknown as string;

describe('the rules', () => {
	test('are those of todo.md and prompts/, options laid over them', async () => {
		const { project } = await scratch({
			'todo.md': list('attempts: 2'),
			'prompts/worker.md': '---\nagent: sh work.sh\n---\n{{task}}\n',
			'prompts/reviewer.md': '---\nagent: sh review.sh\n---\n{{task}}\n',
			'prompts/reviewer-security.md': '{{task}}\n',
			'prompts/notes.md': '{{not a prompt}}\n',
		});
		const rules = await readRules(project, { reviewer: 'sh other.sh', attempts: 5 });
		expect(rules).toMatchObject({ settings: { attempts: 5 }, worker: { agent: 'sh work.sh' } });
		expect(rules.reviewers.map(({ name, agent }) => `${name}: ${agent}`)).toEqual([
			'reviewer: sh other.sh',
			'reviewer-security: sh other.sh',
		]);
	});

	test('are the shipped prompts where the repository has none', async () => {
		const { project } = await scratch();
		const { worker, reviewers } = await readRules(project, {});
		expect([worker.name, ...reviewers.map(({ name }) => name)]).toEqual(['worker', 'reviewer']);
		expect(worker.body).toContain('{{task}}');
	});

	test('are those of the root todo.md, whichever list is worked through', async () => {
		const { project, write } = await scratch({ 'todo.md': list('attempts: 7') });
		write('other.md', list('attempts: 1'));
		const other = { ...project, todo: project.todo.replace('todo.md', 'other.md') };
		expect((await readRules(other, {})).settings.attempts).toBe(7);
	});
});

describe('a change to them', () => {
	test('is taken when no session lived', async () => {
		const { rules, told, write } = await opened();
		expect((await rules.look()).settings.attempts).toBe(2);
		write('todo.md', list('attempts: 33'));
		expect(rules.isStale()).toBe(true);
		expect((await rules.look()).settings.attempts).toBe(33);
		expect([told, rules.isStale()]).toEqual([[TAKEN], false]);
	});

	test('to a prompt is taken as well, and one more reviewer is asked', async () => {
		const { rules, write } = await opened();
		write('prompts/worker.md', '---\nagent: sh work.sh\n---\n{{task}}\n');
		write('prompts/reviewer-security.md', '{{task}}\n');
		const { worker, reviewers } = await rules.look();
		expect([worker.agent, reviewers.length]).toEqual(['sh work.sh', 1]);
		expect(reviewers[0]?.name).toBe('reviewer-security');
	});

	test('is held when a session lived, and told once', async () => {
		const { rules, told, write } = await opened();
		rules.session('begins');
		write('todo.md', list('attempts: 99'));
		expect((await rules.look()).settings.attempts).toBe(2);
		rules.session('ended');
		expect((await rules.look()).settings.attempts).toBe(2);
		expect((await rules.look()).settings.attempts).toBe(2);
		expect(told).toEqual([HELD]);
	});

	test('that pauses acts at once, whoever made it, and so does taking it back', async () => {
		const { rules, write } = await opened();
		rules.session('begins');
		write('todo.md', list('attempts: 99\npause: true'));
		expect((await rules.look()).settings).toMatchObject({ attempts: 2, pause: true });
		rules.session('ended');
		expect((await rules.look()).settings).toMatchObject({ attempts: 2, pause: true });
		write('todo.md', list('attempts: 2'));
		expect((await rules.look()).settings).toMatchObject({ attempts: 2, pause: false });
	});

	test('made in a session and first seen after it is held as well', async () => {
		const { rules, told, write } = await opened();
		rules.session('begins');
		write('prompts/reviewer.md', '---\nagent: "true"\n---\napprove\n');
		rules.session('ended');
		expect((await rules.look()).reviewers[0]?.agent).toBe('claude');
		expect(told).toEqual([HELD]);
	});

	test('back to what is in force is no change', async () => {
		const { rules, told, write } = await opened();
		rules.session('begins');
		write('todo.md', `${list('attempts: 2')}- [ ] Bend\n`);
		await rules.look();
		expect(told).toEqual([]);
	});

	test('that cannot be read keeps the last good ones, and says why', async () => {
		const { rules, told, write } = await opened();
		write('todo.md', list('atempts: 3'));
		expect((await rules.look()).settings.attempts).toBe(2);
		expect(told).toEqual([expect.stringMatching(/todo\.md:2.*The last good settings stay in force\.$/)]);
		write('todo.md', list('attempts: 3'));
		expect((await rules.look()).settings.attempts).toBe(3);
	});

	test('that is held stays held when another one is taken later', async () => {
		const { rules, told, write } = await opened();
		rules.session('begins');
		write('prompts/reviewer.md', '---\nagent: "true"\n---\napprove\n');
		rules.session('ended');
		await rules.look();
		write('todo.md', list('attempts: 33'));
		const { settings, reviewers } = await rules.look();
		expect([settings.attempts, reviewers[0]?.agent]).toEqual([33, 'claude']);
		expect(told).toEqual([HELD, TAKEN]);
	});

	test.each([
		['a folder', (file: string) => mkdirSync(file)],
		['a pipe', (file: string) => execFileSync('mkfifo', [file])],
	])('by a list that became %s is none', async (_name, make) => {
		const { rules, told, project } = await opened();
		rmSync(project.todo);
		make(project.todo);
		expect((await rules.look()).settings.attempts).toBe(2);
		expect(told).toEqual([]);
	});

	test('by a list that is away for a moment is none', async () => {
		const { rules, told, project } = await opened();
		rmSync(project.todo);
		expect((await rules.look()).settings.attempts).toBe(2);
		expect(told).toEqual([]);
	});
});

async function opened() {
	const { project, write } = await scratch({ 'todo.md': list('attempts: 2') });
	const told: string[] = [];
	const rules = await openRuleBook(project, {}, (event) =>
		told.push(event.event === 'notice' ? event.text : event.event),
	);
	return { project, rules, told, write };
}
