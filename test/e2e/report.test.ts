import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { nightloop, startLoop } from '../helpers/nightloop.ts';
import { noProcessOf, processesOf } from '../helpers/processes.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';

const plan = {
	tasks: ['make a good thing', 'make a bad thing'],
	settings: ['attempts: 3', "checks: ['! cat broken.txt']"],
	worker: 'breaks-the-check-at-first',
	reviewer: 'approves-the-third-attempt-at-good-things',
};

describe('the report', () => {
	it('is there in the morning, without being asked for', () =>
		withRepository(plan, async (repository) => {
			await startLoop(repository).ended;
			const text = await kept(repository);
			expect(text).toContain('ended: nothing left open');
			expect(text).toContain('make a good thing');
			expect(text).toMatch(/Needs you <span class="count">1</);
			expect(text).toMatch(/Landed <span class="count">1</);
			expect(text).toContain('href="sessions/0001-worker/output.jsonl"');
			expect(await readdir(join(repository.path, '.nightloop'))).not.toContainEqual(
				expect.stringMatching(/new$/),
			);
			expect(await repository.git('status', '--porcelain', '--', '.nightloop')).toBe('');
		}));

	it('is kept out of git even before the first loop', () =>
		withRepository(plan, async (repository) => {
			expect(await nightloop(repository, ['report'])).toMatchObject({ exitCode: 0 });
			expect(await kept(repository)).toContain('<html');
			expect(await repository.git('status', '--porcelain')).toBe('');
		}));

	it('is kept up to date while the loop runs', () =>
		withRepository({ worker: 'waits-for-ever' }, async (repository) => {
			const loop = startLoop(repository);
			await eventually(
				async () => (await kept(repository)).includes('In work'),
				() => 'no task in work',
				20_000,
			);
			expect(await kept(repository)).toContain('at work');
			loop.kill('SIGTERM');
			await loop.ended;
			expect(await kept(repository)).toContain('ended: stopped by SIGTERM');
		}));

	it('keeps no stop waiting, though whoever makes it hangs', () =>
		withRepository({ worker: 'waits-for-ever' }, async (repository) => {
			const loop = startLoop(repository);
			const makers = async () =>
				(await processesOf(repository.scratch)).filter(({ command }) => command.includes(' report -C '));
			await eventually(
				async () => (await makers()).length > 0,
				() => 'a report to be made',
			);
			for (const { pid } of await makers()) process.kill(pid, 'SIGSTOP');
			const before = performance.now();
			loop.kill('SIGTERM');
			expect(await loop.ended).toMatchObject({ exitCode: 143 });
			expect(performance.now() - before).toBeLessThan(6000);
			await noProcessOf(repository.scratch);
		}));

	it('takes away what one that was killed had written by then', () =>
		withRepository(plan, async (repository) => {
			const gone = execa('true');
			await gone;
			const files = [gone.pid!, process.pid].map((pid) => `.nightloop/report.html.${pid}.new`);
			for (const file of files) await repository.write(file, 'half');
			await nightloop(repository, ['report']);
			const found = files.map((file) => existsSync(join(repository.path, file)));
			expect(found, 'but not what one that lives is writing').toEqual([false, true]);
		}));

	it('is written by command to where a person wants it, with links that hold from there', () =>
		withRepository(plan, async (repository) => {
			await startLoop(repository).ended;
			const own = await nightloop(repository, ['report']);
			expect(own).toMatchObject({ exitCode: 0, stdout: '.nightloop/report.html' });
			const elsewhere = join(repository.scratch, 'morning.html');
			expect(await nightloop(repository, ['report', '--out', elsewhere])).toMatchObject({ exitCode: 0 });
			const text = await readFile(elsewhere, 'utf8');
			const [, link = ''] = /href="([^"]+0001-worker\/output\.jsonl)"/.exec(text) ?? [];
			expect(await readFile(join(repository.scratch, link), 'utf8')).toBeDefined();
			expect(await nightloop(repository, ['report', '--out', repository.path])).toMatchObject({
				exitCode: 2,
				stderr: expect.stringContaining('could not be written'),
			});
		}));

	it('follows no link that was planted where it is kept, and gets by what stands in its way', () =>
		withRepository({ tasks: ['make a good thing'] }, async (repository) => {
			const victim = join(repository.scratch, 'victim');
			await writeFile(victim, 'mine');
			await mkdir(join(repository.path, '.nightloop'));
			await symlink(victim, join(repository.path, '.nightloop/report.html'));
			await startLoop(repository).ended;
			expect(await readFile(victim, 'utf8')).toBe('mine');
			expect(await kept(repository)).toContain('make a good thing');
		}));

	it('tells that nothing happened yet', () =>
		withRepository({ tasks: ['make a good thing'] }, async (repository) => {
			expect(await nightloop(repository, ['report'])).toMatchObject({ exitCode: 0 });
			expect(await kept(repository)).toContain('Nothing has happened yet.');
		}));
});

async function kept(repository: Repository): Promise<string> {
	return readFile(join(repository.path, '.nightloop/report.html'), 'utf8').catch(() => '');
}
