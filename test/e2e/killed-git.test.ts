import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boxes } from '../helpers/checker.ts';
import { standInForGit } from '../helpers/git-stand-in.ts';
import { withNight } from '../helpers/night.ts';
import { nightloop } from '../helpers/nightloop.ts';
import type { Repository } from '../helpers/repository.ts';
import { scripted } from '../helpers/scripted.ts';

// As the kernel does where memory runs short: SIGKILL, for a git of the loop's and for nothing else.

const ONCE_A_KIND = 'mkdir "$SCRATCH/log/killed-$word" 2>/dev/null';

describe.concurrent.each(['auto', 'groups'])(
	'walls %s: where the first git of each kind is killed',
	(walls) => {
		const settings = [`walls: ${walls}`, 'attempts: 1'];

		it('a start and a landing lose nothing but time', () =>
			withNight({ settings }, async (night) => {
				await killGit(night, ONCE_A_KIND);

				expect(await night.run()).toMatchObject({ exitCode: 0, stderr: '' });
				expect(night.only('landed')['attempt']).toBe(1);
				expect(await night.notes('sessions')).toHaveLength(2);
				const kinds = ['rev-parse', 'config', 'status', 'update-ref', 'read-tree', 'add', 'write-tree'];
				const spared = kinds.filter((kind) => !existsSync(join(night.scratch, `log/killed-${kind}`)));
				expect(spared).toEqual([]);
			}));

		it('a start puts right what a session did that died with its loop', () => {
			const deeds =
				'git branch mine; git commit -q --allow-empty -m mine; git tag -d v1; touch "$SCRATCH/log/did"; sleep 600';
			const worker = `if mkdir "$SCRATCH/log/once" 2>/dev/null; then ${deeds}; fi; do_the_task`;
			return withNight(scripted({ worker }, { settings }), async (night) => {
				await night.git('tag', 'v1');
				await night.look();
				await night.killWhen(() => existsSync(join(night.scratch, 'log/did')));
				await killGit(night, ONCE_A_KIND);

				expect(await night.run()).toMatchObject({ exitCode: 0, stderr: '' });
				expect(boxes(await night.read('todo.md'), 'x')).toHaveLength(1);
				expect(await night.git('tag')).toBe('v1');
				expect(await night.git('branch', '--format=%(refname)')).toBe('refs/heads/main');
			});
		});
	},
);

describe.concurrent('a start', () => {
	it('of which any one git is killed goes on', () =>
		withNight({ todo: '- [x] nothing to do\n' }, async (night) => {
			for (let nth = 1, isMet = true; isMet; nth++) {
				await killGit(night, `[ $count -ge ${nth} ] && mkdir "$SCRATCH/log/killed-${nth}" 2>/dev/null`);
				expect({ nth, ...(await night.run()) }).toMatchObject({ nth, exitCode: 0, stderr: '' });
				isMet = existsSync(join(night.scratch, `log/killed-${nth}`));
				expect(isMet || nth > 8).toBe(true);
			}
		}));

	it.each(['rev-parse', 'config', 'status', 'var', 'update-ref'])(
		'of which each git %s is killed says so, and names the way',
		(kind) =>
			withNight({}, async (night) => {
				await killGit(night, `[ $word = ${kind} ]`);

				const { exitCode, stderr } = await night.run();
				expect(exitCode).toBe(2);
				expect(stderr).toContain(`nightloop: git ${kind} was ended by SIGKILL`);
				expect(stderr).toContain('where memory runs short');
				expect(await night.notes('sessions')).toEqual([]);
				await killGit(night, 'false');
				expect(await night.run()).toMatchObject({ exitCode: 0 });
			}),
	);

	it('is not the only one: other commands ask again as well', () =>
		withNight({}, async (night) => {
			await night.run();
			for (const words of [['status'], ['why'], ['audit']]) {
				await killGit(night, ONCE_A_KIND.replace('killed', `killed-${words[0]}`));
				expect({ words, ...(await nightloop(night, words)) }).toMatchObject({
					words,
					exitCode: 0,
					stderr: '',
				});
			}
		}));
});

/** Kills each git of which the condition holds. */
async function killGit(repository: Repository, condition: string): Promise<void> {
	await standInForGit(repository, `if ${condition}; then kill -9 $$; fi`);
}
