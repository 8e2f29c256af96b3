import { execa } from 'execa';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nightloop, program } from '../helpers/nightloop.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';

describe('nightloop init', () => {
	it('proposes the checks that the folder speaks for, and another agent to review', () =>
		inRepository(
			{ 'package.json': '{"scripts":{"test":"vitest","lint":"oxlint"}}', 'package-lock.json': '{}' },
			async (repository) => {
				const path = await programs(repository, {
					claude: 'echo 2.1.330 Claude Code',
					codex: 'echo codex 0.169',
				});
				const { stdout, exitCode } = await nightloop(onPath(repository, path), ['init']);
				expect(exitCode).toBe(0);
				expect(stdout).toContain(
					'Found Node with npm\n  check npm run lint\n  check npm test\n  setup npm ci',
				);
				expect(stdout).toContain('agent claude: 2.1.330 Claude Code');
				expect(stdout).toContain('claude works, codex reviews.');
				expect(await repository.read('todo.md')).toContain(
					'checks:  # for Node with npm: do they pass now?\n  - npm run lint\n  - npm test\nsetup: npm ci  #',
				);
				expect(await repository.read('prompts/worker.md')).toMatch(/^---\nagent: claude /);
				expect(await repository.read('prompts/reviewer.md')).toMatch(/^---\nagent: codex /);
				await repository.git('add', '-A');
				await repository.git('commit', '-qm', 'tasks');
				expect(await nightloop(onPath(repository, path), ['--dry-run'])).toMatchObject({ exitCode: 0 });
			},
		));

	it('says that what it says has no room, as it says anything else', () =>
		inRepository({}, async (repository) => {
			const full = ['-c', `"$0" ${program} status >/dev/full`, process.execPath];
			const options = { cwd: repository.path, env: repository.env, extendEnv: false, reject: false };
			const { exitCode, stderr } = await execa('sh', full, options);
			expect([exitCode, stderr.split('\n')[0]]).toEqual([
				2,
				'nightloop: ENOSPC: no space left on device, write',
			]);
		}));

	it('writes all of it, though nobody reads to the end what it says', () =>
		inRepository({}, async (repository) => {
			const piped = ['-c', `"$0" ${program} init | true`, process.execPath];
			await execa('sh', piped, { cwd: repository.path, env: repository.env, extendEnv: false });
			expect(await repository.read('prompts/worker.md')).toMatch(/^---\nagent: /);
		}));

	it('says of an agent that does not start, or never answers, that it cannot be used', () =>
		inRepository({}, async (repository) => {
			const path = await programs(repository, {
				claude: 'echo broken >&2; exit 3',
				codex: 'echo codex 0.169',
			});
			const { stdout } = await nightloop(onPath(repository, path), ['init']);
			expect(stdout).toContain('No language that is known here');
			expect(stdout).toContain('agent claude does not start: broken');
			expect(stdout).toContain('codex works, codex reviews; a second one would see with other eyes.');
		}));

	it('writes what an init that was killed had made, and not come to write', () =>
		inRepository({ 'memory/README.md': '', 'prompts/reviewer.md': '' }, async (repository) => {
			await repository.write('todo.md', '');
			const { stdout, exitCode } = await nightloop(repository, ['init']);
			expect([exitCode, stdout]).toEqual([0, expect.not.stringContaining('kept')]);
			for (const name of ['todo.md', 'memory/README.md', 'prompts/reviewer.md'])
				expect(await repository.read(name)).not.toBe('');
		}));

	it('does without any agent, overwrites nothing, and says what it kept', () =>
		inRepository({ 'prompts/worker.md': 'mine\n' }, async (repository) => {
			await repository.write('todo.md', '- [ ] mine\n');
			const { stdout } = await nightloop(repository, ['init']);
			expect(stdout).toContain('No agent on the PATH (looked for claude, codex, gemini, opencode');
			expect(stdout).toMatch(/kept {2}todo\.md\n/);
			expect(stdout).toMatch(
				/kept {2}prompts\/worker\.md\nwrote prompts\/|wrote prompts\/.*\nkept {2}prompts\/worker\.md/s,
			);
			expect(await repository.read('todo.md')).toBe('- [ ] mine\n');
			expect(await repository.read('prompts/worker.md')).toBe('mine\n');
			expect(stdout).toContain('nightloop --dry-run');
		}));
});

/** A repository of a person who has never heard of nightloop. */
async function inRepository(
	files: Record<string, string>,
	use: (repository: Repository) => Promise<void>,
): Promise<void> {
	await withRepository({ files }, async (repository) => {
		const own = Object.keys(files).filter((name) => name.startsWith('prompts/'));
		await repository.git('rm', '-qr', '--cached', 'todo.md', 'prompts');
		for (const name of ['todo.md', 'prompts/worker.md', 'prompts/reviewer.md'].filter(
			(each) => !own.includes(each),
		))
			await repository.git('clean', '-qfdx', '--', name);
		await use(repository);
	});
}

/** As root, claude asks for a word more. */
function onPath(repository: Repository, path: string): Repository {
	return { ...repository, env: { ...repository.env, PATH: path, IS_SANDBOX: '1' } };
}

/** A PATH with these programs in front of what a system has. */
async function programs(repository: Repository, scripts: Record<string, string>): Promise<string> {
	const folder = join(repository.scratch, 'agents-bin');
	await mkdir(folder, { recursive: true });
	for (const [name, script] of Object.entries(scripts)) {
		await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
		await chmod(join(folder, name), 0o755);
	}
	return `${folder}:${repository.env['PATH'] ?? ''}`;
}
