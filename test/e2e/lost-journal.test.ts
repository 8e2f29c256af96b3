import { existsSync } from 'node:fs';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { boxes } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { withNight } from '../helpers/night.ts';
import type { Night } from '../helpers/night.ts';
import { recordAll, readWhole } from '../../src/io/journal.ts';
import { nightloop } from '../helpers/nightloop.ts';
import { scripted } from '../helpers/scripted.ts';

const TASKS = ['first thing', 'second thing'];

describe.concurrent('where the journal is lost', () => {
	it('what landed is known again from its commits, and is not worked on twice', () =>
		withNight({ tasks: TASKS }, async (night) => {
			await landFirst(night);
			await lose(night);

			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(night.only('recalled')).toMatchObject({ tasks: [{ text: TASKS[0] }], sessions: 2, kept: [] });
			expect(night.at('opened', 0)).toMatchObject({ session: '0003-worker', text: TASKS[1] });
			expect(boxes(await night.read('todo.md'), 'x')).toHaveLength(2);
			expect(await workedOn(night)).toEqual(TASKS);

			expect(await nightloop(night, ['audit'])).toMatchObject({ exitCode: 0 });
			const why = await nightloop(night, ['why', TASKS[0]!]);
			expect(why.stdout).toMatch(/landed as [\da-f]{12}/);
			const undone = await nightloop(night, ['undo', TASKS[0]!]);
			expect(undone).toMatchObject({ exitCode: 0 });
			expect(boxes(await night.read('todo.md'), ' ')).toHaveLength(1);
			await night.look();
		}));

	it('a plain start says in one line what is known, and what is not', () =>
		withNight({ tasks: TASKS }, async (night) => {
			await landFirst(night);
			await night.git('update-ref', 'refs/nightloop/parked/one', 'HEAD');
			await lose(night);

			const { stdout } = await nightloop(night, ['--until-done', '--plain']);
			expect(stdout).toContain('there is no journal here: 1 landed task known again from the commits');
			expect(stdout).toContain('not known: attempts, findings, why work was kept');
			expect(stdout).toContain('work that was kept: refs/nightloop/parked/one');
			expect((await nightloop(night, ['status'])).stdout).toContain('2 done');
		}));

	it('a tick that was owed is written, without a session', () =>
		withNight({ tasks: TASKS.slice(0, 1) }, async (night) => {
			await landFirst(night);
			await night.write('todo.md', (await night.read('todo.md')).replace('[x]', '[ ]'));
			await lose(night);

			expect(await night.run()).toMatchObject({ exitCode: 0 });
			// Its commit is older than what the checker would compare with.
			await night.look();
			expect(night.only('marked')).toMatchObject({ as: 'x', outcome: 'written' });
			expect(night.all('opened')).toEqual([]);
			expect(boxes(await night.read('todo.md'), 'x')).toHaveLength(1);
			expect(await nightloop(night, ['audit'])).toMatchObject({ exitCode: 0 });
		}));

	it('a box that is open in the committed list as well is a person’s: it is worked on again', () =>
		withNight({ tasks: TASKS.slice(0, 1) }, async (night) => {
			await landFirst(night);
			await night.write('todo.md', (await night.read('todo.md')).replace('[x]', '[ ]'));
			await night.git('commit', '--quiet', '--all', '--message', 'once more');
			await lose(night);
			await night.look();

			await night.run(['--once']);
			expect(night.at('opened', 0)).toMatchObject({ session: '0003-worker', text: TASKS[0] });
		}));

	it('a clone goes on with what is open in it', () =>
		withNight({ tasks: TASKS }, async (night) => {
			await landFirst(night);
			const clone = join(night.scratch, 'clone');
			await night.git('clone', '--quiet', '.', clone);
			const original = join(night.scratch, 'original');
			await rename(night.path, original);
			await rename(clone, night.path);
			await night.look();

			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(night.only('recalled')).toMatchObject({ tasks: [{ text: TASKS[0] }], sessions: 2 });
			expect(await workedOn(night)).toEqual(TASKS);
		}));

	it('one that is damaged is refused, and the way that is named leads there', () =>
		withNight({ tasks: TASKS }, async (night) => {
			await landFirst(night);
			const file = journalOf(night);
			const bytes = await readFile(file);
			bytes[200] = bytes[200]! ^ 1;
			await writeFile(file, bytes);

			const refused = await night.run();
			expect(refused).toMatchObject({ exitCode: 2 });
			const [, command = ''] = /(mv '[^']+' '[^']+')/.exec(refused.stderr) ?? [];
			await execa('sh', ['-c', command]);
			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(night.only('recalled')).toMatchObject({ tasks: [{ text: TASKS[0] }] });
			expect(await workedOn(night)).toEqual(TASKS);
			await cp(`${file}.damaged`, join(night.scratch, 'it-is-kept'));
		}));
});

describe.concurrent('a journal that a session gets at, walls groups,', () => {
	const settings = ['walls: groups'];
	const once = (what: string) => `if mkdir "$SCRATCH/log/once" 2>/dev/null; then ${what}; fi; do_the_task`;
	const file = '.git/nightloop/journal.jsonl';

	it('is written again, and the report that is made meanwhile ends nothing', () => {
		// Longer than until the report is made.
		const worker = once(`sed -i 1s/accepted/refused/ ${file}; sleep 3`);
		return withNight(scripted({ worker }, { tasks: TASKS, settings }), async (night) => {
			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(await nightloop(night, ['audit'])).toMatchObject({ exitCode: 0 });
		});
	});

	it('is put back by the next start where a pipe stands in its place and the loop is killed', () => {
		const worker = once(`rm ${file}; mkfifo ${file}; touch "$SCRATCH/log/piped"; sleep 600`);
		return withNight(scripted({ worker }, { tasks: TASKS, settings }), async (night) => {
			await night.killWhen(() => existsSync(join(night.scratch, 'log/piped')));

			const status = await nightloop(night, ['status']);
			expect(status).toMatchObject({ exitCode: 2 });
			expect(status.stderr).toContain('Something else stands in the place of the journal.');
			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(boxes(await night.read('todo.md'), 'x')).toHaveLength(2);
			expect(await nightloop(night, ['audit'])).toMatchObject({ exitCode: 0 });
		});
	});
});

describe.concurrent('what a session does to the journal that is killed with its loop, walls groups,', () => {
	const settings = ['walls: groups'];
	const file = '.git/nightloop/journal.jsonl';

	it.each([
		['a line in the middle is changed', `sed -i 2s/started/stopped/ ${file}`],
		['a line in the middle is removed', `sed -i 3d ${file}`],
		['the last line is removed', `sed -i '$d' ${file}`],
		['the last lines are changed', `sed -i '2,$s/e/a/' ${file}`],
		['it is cut within a line', `truncate --size=700 ${file}`],
		['it is emptied', `: >${file}`],
		['it is removed', `rm ${file}`],
		['it is another one', `printf '%s\\n' one two three >${file}`],
		['it is from the future', `sed -i '2,$s/"v":2/"v":9/' ${file}`],
	])('%s: the next start has it as the loop wrote it', (_, deed) => {
		const isMeant = `[ "$NIGHTLOOP_TASK" = '${TASKS[1]}' ] && mkdir "$SCRATCH/log/once" 2>/dev/null`;
		const worker = `do_the_task; if ${isMeant}; then ${deed}; touch "$SCRATCH/log/broken"; sleep 600; fi`;
		return withNight(scripted({ worker }, { tasks: TASKS, settings }), async (night) => {
			await landFirst(night);
			const folder = join(night.path, '.git/nightloop');
			const before = (await readWhole(folder)).entries;
			const loop = night.start();
			await eventually(
				() => existsSync(join(night.scratch, 'log/broken')),
				() => 'the session to break it',
			);
			loop.kill('SIGKILL');
			await loop.ended;

			const { exitCode, stderr } = await night.run();
			expect([exitCode, stderr]).toEqual([0, '']);
			const notices = night.all('notice').map(({ text }) => text);
			expect(notices).toContain('nightloop/journal.jsonl was changed by the session: put back');
			const written = [...before, ...loop.events].map(({ at }) => at);
			const { entries } = await readWhole(folder);
			expect(entries.slice(0, written.length).map(({ at }) => at)).toEqual(written);
			expect(boxes(await night.read('todo.md'), 'x')).toHaveLength(2);
			expect(await nightloop(night, ['audit'])).toMatchObject({ exitCode: 0 });
		});
	});
});

describe.concurrent('a closed part of the journal', () => {
	const settings = ['walls: groups'];

	it('that a session removes or changes is put back', () => {
		const worker = 'f=.git/nightloop/journal.0001.jsonl; test -f $f && echo x >$f; do_the_task';
		return withNight(scripted({ worker }, { tasks: TASKS, settings }), async (night) => {
			await landFirst(night);
			await closePart(night);

			expect(await night.run()).toMatchObject({ exitCode: 0 });
			const [settled] = night.all('settled');
			expect(String(settled?.['putRight'])).toContain(
				'journal.0001.jsonl was changed by the session: put back',
			);
			expect(await nightloop(night, ['audit'])).toMatchObject({ exitCode: 0 });
			expect((await nightloop(night, ['why', TASKS[0]!])).stdout).toContain('landed as');
		});
	});

	it('that is missing is told by who reads it, and the loop goes on', () =>
		withNight({ tasks: TASKS, settings }, async (night) => {
			await landFirst(night);
			await closePart(night);
			await rm(join(night.path, '.git/nightloop/journal.0001.jsonl'));

			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(await workedOn(night)).toEqual(TASKS);
			for (const command of ['status', 'why'])
				expect((await nightloop(night, [command])).stdout).toContain('part 1 of the journal is missing');
			const audit = await nightloop(night, ['audit']);
			expect(audit.exitCode).toBe(6);
			expect(audit.stdout).toContain('journal BROKEN part 1 of the journal is missing');
		}));
});

/** By as much as makes it long. */
async function closePart(night: Night): Promise<void> {
	const folder = join(night.path, '.git/nightloop');
	await recordAll(folder, [{ event: 'notice', text: 'x'.repeat(1_100_000) }]);
}

async function landFirst(night: Night): Promise<void> {
	expect(await night.run(['--once'])).toMatchObject({ exitCode: 0 });
	await night.look();
}

function journalOf({ path }: Night): string {
	return join(path, '.git/nightloop/journal.jsonl');
}

async function lose(night: Night): Promise<void> {
	await rm(journalOf(night));
}

/** The tasks that a worker was given, one a session. */
async function workedOn(night: Night): Promise<string[]> {
	const workers = (await night.notes('sessions')).filter((line) => line.startsWith('worker'));
	return workers.map((line) => line.split(' ').slice(3).join(' '));
}
