import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/core/types.ts';
import { boxes } from '../helpers/checker.ts';
import { withNight } from '../helpers/night.ts';
import type { Night } from '../helpers/night.ts';
import type { Loop, Told } from '../helpers/nightloop.ts';
import { scripted } from '../helpers/scripted.ts';

const HANGS_AT_FIRST =
	'if mkdir "$SCRATCH/log/hung" 2>/dev/null; then do_the_task; sleep 600; fi; do_the_task';
const noted = (who: string) => `echo ${who} >>"$SCRATCH/log/asked"`;

describe.concurrent.each(['auto', 'groups'])(
	'what was paid for is kept when a loop is killed, walls %s:',
	(walls) => {
		const settings = [`walls: ${walls}`, 'attempts: 1'];

		it('a candidate is not worked on again, its green checks are not run again, a verdict stands', () => {
			const reviewers = {
				reviewer: `${noted('first')}; approve`,
				'reviewer-second': `${noted('second')}; mkdir "$SCRATCH/log/hung" 2>/dev/null && sleep 600; approve`,
			};
			const check = 'echo ran >>"$SCRATCH/log/checks"';
			const plan = scripted(reviewers, { settings: [...settings, `checks: '${check}'`] });
			return withNight(plan, async (night) => {
				await night.killWhen(({ events }) => opened(events).length === 3 && hasHung(night));
				const proposed = night.only('proposed');

				expect(await night.run()).toMatchObject({ exitCode: 0 });
				expect(await rolesOf(night)).toEqual(['worker', 'reviewer', 'reviewer', 'reviewer']);
				expect(await night.notes('asked')).toEqual(['first', 'second', 'second']);
				expect(night.all('proposed')).toEqual([]);
				expect(night.all('checked')).toEqual([]);
				expect(night.only('reviewed')['candidate']).toBe(candidateOf(proposed));
				expect(night.only('landed')['attempt']).toBe(1);
			});
		});

		it('a session that was cut off costs no attempt, and the next one is told what it left, with a diffstat', () =>
			withNight(scripted({ worker: HANGS_AT_FIRST }, { settings }), async (night) => {
				await night.killWhen(({ events }) => opened(events).length === 1 && hasHung(night));

				expect(await night.run()).toMatchObject({ exitCode: 0 });
				const { session } = night.all('opened')[0] as Told & { session: string };
				const told = await night.promptOf(session);
				expect(told).toContain(
					'was cut off (vanished: the loop was not there when it ended); what it changed lies in the work tree:',
				);
				expect(told).toMatch(/ done\/make-the-first-thing\.txt \(new\) *\| +1 \+/);
				expect(night.only('landed')['attempt']).toBe(1);
				expect(await rolesOf(night)).toEqual(['worker', 'worker', 'reviewer']);
			}));

		it('the deadline is the first start’s, however often it is started', () =>
			withNight(
				scripted({ worker: HANGS_AT_FIRST }, { settings: [...settings, 'until: 30m'] }),
				async (night) => {
					await night.killWhen(({ events }) => opened(events).length === 1 && hasHung(night));
					await night.rewriteJournal((entries) => entries.map(anHourAgo));

					expect(await night.run()).toMatchObject({ exitCode: 4 });
					expect(night.only('ended')['ending']).toMatchObject({ kind: 'deadline' });
					expect(await rolesOf(night)).toEqual(['worker']);
				},
			));

		it('what it has spent counts on, and ends the run', () =>
			withNight(
				scripted({ worker: HANGS_AT_FIRST }, { settings: [...settings, 'budget: {sessions: 1}'] }),
				async (night) => {
					await night.killWhen(({ events }) => opened(events).length === 1 && hasHung(night));

					expect(await night.run()).toMatchObject({ exitCode: 4 });
					expect(night.only('ended')['ending']).toMatchObject({ kind: 'budget', spent: 1 });
					expect(await rolesOf(night)).toEqual(['worker']);
				},
			));

		it('kills as such park nothing, however many', () =>
			withNight(scripted({ worker: 'sleep 600' }, { settings }), async (night) => {
				for (let kill = 0; kill < 6; kill++)
					await night.killWhen(({ events }) => opened(events).length === 1);
				expect(night.all('parked')).toEqual([]);
				expect(boxes(await night.read('todo.md'), ' ')).toHaveLength(1);
				expect(await night.git('status', '--short', 'done')).toBe('');
			}));
	},
);

describe.concurrent.each(['sealed', 'landed'])('a landing that was cut off after it was %s', (last) => {
	it('is finished by the list that it began with, before another one is worked through', () =>
		withNight({ files: { 'other.md': '- [ ] make another thing\n' } }, async (night) => {
			expect(await night.run(['--once'])).toMatchObject({ exitCode: 0 });
			await night.rewriteJournal((entries) =>
				entries.slice(0, entries.findIndex(({ event }) => event === last) + 1),
			);
			await night.write('todo.md', (await night.read('todo.md')).replace('[x]', '[ ]'));
			await night.look();

			const refused = await night.run(['--until-done', '--todo', 'other.md']);
			expect(refused).toMatchObject({ exitCode: 2 });
			expect(refused.stderr).toContain('A landing by todo.md is not finished, and other.md is to be worked');
			expect(await night.run(['--once', '--todo', 'todo.md'])).toMatchObject({ exitCode: 0 });
			expect(boxes(await night.read('todo.md'), 'x')).toHaveLength(1);
			expect(await night.run(['--until-done', '--todo', 'other.md'])).toMatchObject({ exitCode: 0 });
			// It knows of no other list.
			await night.look();
			expect((await night.notes('sessions')).length).toBe(4);
		}));
});

function opened(events: Loop['events']): readonly Told[] {
	return events.filter(({ event }) => event === 'opened');
}

function hasHung({ scratch }: Night): boolean {
	return existsSync(join(scratch, 'log/hung')) && existsSync(join(scratch, 'repository/done'));
}

function candidateOf({ proposal }: Told): unknown {
	return (proposal as { candidate: { commit: string } }).candidate.commit;
}

async function rolesOf(night: Night): Promise<string[]> {
	return (await night.notes('sessions')).map((line) => line.split(' ')[0]!);
}

function anHourAgo(entry: Entry): Entry {
	return { ...entry, at: new Date(Date.parse(entry.at) - 3_600_000).toISOString() };
}
