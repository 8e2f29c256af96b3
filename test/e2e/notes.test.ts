import { describe, expect, it } from 'vitest';
import { NOTES } from '../../src/core/notes.ts';
import { boxes } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { nightloop, startLoop } from '../helpers/nightloop.ts';
import { withRepository } from '../helpers/repository.ts';
import type { Repository } from '../helpers/repository.ts';
import { scripted } from '../helpers/scripted.ts';

const LONG = `# a trap\n\n${'the same thing once more, '.repeat(1400)}\n`;
const SHORTENS = "printf '# a trap\\n' >memory/a.md; rm memory/b.md";
const TASKS = ['one thing', 'another thing'];

function plan(consolidator: string, walls = 'auto', reviewer = 'approve') {
	return scripted(
		{ consolidator, reviewer },
		{
			tasks: TASKS,
			settings: [`walls: ${walls}`, 'attempts: 1', 'checks: test -e memory/a.md'],
			files: { 'memory/a.md': LONG, 'memory/b.md': LONG },
		},
	);
}

describe.concurrent.each(['auto', 'groups'])('notes that are too long, with walls %s', (walls) => {
	it('are shortened before the first task, reviewed, and land as a commit without a box', () =>
		withRepository(plan(SHORTENS, walls), async (repository) => {
			const { exitCode } = await startLoop(repository, ['--until-done', '--plain']).ended;
			expect(exitCode).toBe(0);
			expect(await subjects(repository)).toEqual(['another thing', 'one thing', NOTES.text]);
			expect(await repository.read('memory/a.md')).toBe('# a trap\n');
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual(TASKS);
			const sessions = await repository.notes('sessions');
			expect(sessions.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
				'consolidator 0001-consolidator',
				'reviewer 0002-reviewer',
				'worker 0003-worker',
				'reviewer 0004-reviewer',
				'worker 0005-worker',
				'reviewer 0006-reviewer',
			]);
			await expectToldWell(repository, /Shorten the notes in memory\//);
			expect(await repository.read('.nightloop/report.html')).toContain(NOTES.text);
			const audit = await nightloop(repository, ['audit']);
			expect(audit.stdout).toMatch(/3 commits of the loop’s, 2 boxes: 5 consistent, 0 by-hand, 0 BROKEN/);
		}));

	it.each([
		['changes code as well', `${SHORTENS}; echo more >code.js`, /changes more than the notes/],
		['ends in a failure', 'exit 3', /its session was cut off/],
		['makes them longer', 'cat memory/b.md >>memory/a.md', /no shorter: about \d+ tokens before, \d+ now/],
	])('are as they were, and the tasks land, where it %s', async (_name, script, why) => {
		await withRepository(plan(script, walls), async (repository) => {
			const { exitCode } = await startLoop(repository, ['--until-done', '--plain']).ended;
			expect(exitCode).toBe(0);
			expect(await subjects(repository)).toEqual(['another thing', 'one thing']);
			expect(await repository.read('memory/b.md')).toBe(LONG);
			expect(await repository.git('status', '--porcelain')).toBe('');
			expect((await repository.notes('sessions')).filter((line) => line.includes(NOTES.text))).toHaveLength(
				1,
			);
			const told = await nightloop(repository, ['why', NOTES.id]);
			expect(told).toMatchObject({ exitCode: 0 });
			expect(told.stdout.replaceAll(/\s+/g, ' ')).toMatch(why);
			await expectToldWell(repository, why);
		});
	});

	it('go on after a kill in the session, in the review, and at the landing', () =>
		withRepository(plan(`${SHORTENS}; test -e "$SCRATCH/log/go" || sleep 600`, walls), async (repository) => {
			const first = startLoop(repository);
			await eventually(
				async () => (await repository.read('memory/a.md').catch(() => '')) === '# a trap\n',
				() => 'the session never came to it',
				20_000,
			);
			first.kill('SIGKILL');
			await first.ended;
			await repository.note('go', 'on');
			for (const event of ['proposed', 'reviewed', 'sealed', 'landed']) {
				const loop = startLoop(repository);
				await loop.seen(event);
				loop.kill('SIGKILL');
				await loop.ended;
			}
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			expect((await subjects(repository)).toSorted()).toEqual([NOTES.text, ...TASKS].toSorted());
			expect(await repository.git('status', '--porcelain')).toBe('');
			await expectToldWell(repository, /Shorten/);
		}));
});

describe('what landed of the notes', () => {
	it('is taken back by an undo like any task, and is no box’s', () =>
		withRepository(plan(SHORTENS, 'groups'), async (repository) => {
			await startLoop(repository).ended;
			const list = await repository.read('todo.md');
			const undo = await nightloop(repository, ['undo', NOTES.id, '--why', 'a trap is lost']);
			expect(undo).toMatchObject({ exitCode: 0 });
			expect(undo.stdout).toMatch(
				/It has no box\. Notes that are too long are tried again 10 landings after/,
			);
			expect(await repository.read('memory/b.md')).toBe(LONG);
			expect(await repository.read('todo.md')).toBe(list);
			expect(await repository.git('status', '--porcelain')).toBe('');
			await expectToldWell(repository, /a trap is lost/);
			// Not at once again: ten tasks are to land first.
			await repository.write('todo.md', `${list}- [ ] a third thing\n`);
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			expect((await subjects(repository))[0]).toBe('a third thing');
			expect(await repository.read('memory/b.md')).toBe(LONG);
		}));

	it('is known without a journal, by its trailers', () =>
		withRepository(plan(SHORTENS, 'groups'), async (repository) => {
			await startLoop(repository).ended;
			await repository.git('clone', '-q', '.', '../clone');
			const audit = await nightloop({ ...repository, path: `${repository.scratch}/clone` }, ['audit']);
			expect(audit).toMatchObject({ exitCode: 0 });
			expect(audit.stdout).toMatch(/5 consistent, 0 by-hand, 0 BROKEN/);
		}));

	it('is written by the worker’s agent where there is no prompt for it', () =>
		withRepository(
			scripted(
				{ worker: `if [ "$NIGHTLOOP_ROLE" = consolidator ]; then ${SHORTENS}; else do_the_task; fi` },
				{ tasks: TASKS, files: { 'memory/a.md': LONG, 'memory/b.md': LONG } },
			),
			async (repository) => {
				expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
				expect(await subjects(repository)).toContain(NOTES.text);
				const prompts = await repository.read('../log/prompts/0001-consolidator');
				expect(prompts).toMatch(/Shorten the notes in memory\/\s*$/);
				expect(prompts).not.toMatch(/\{\{/);
			},
		));
});

/** Every command that looks at the record holds, and one of them says this. */
async function expectToldWell(repository: Repository, what: RegExp): Promise<void> {
	const commands = [['status'], ['status', '--json'], ['why', NOTES.id], ['why'], ['audit'], ['report']];
	const told: string[] = [];
	for (const words of commands) {
		const { exitCode, stdout, stderr } = await nightloop(repository, words);
		expect(exitCode, `${words.join(' ')}: ${stdout}${stderr}`).toBe(0);
		told.push(stdout);
	}
	expect(told.join('\n').replaceAll(/\s+/g, ' ')).toMatch(what);
}

async function subjects(repository: Repository): Promise<string[]> {
	const log = await repository.git('log', '--format=%s', '--grep=^Nightloop-Worker');
	return log === '' ? [] : log.split('\n');
}
