import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { openWakefulness } from '../../src/io/keep-awake.ts';
import { eventually } from '../helpers/eventually.ts';
import { scratchFolder } from '../helpers/scratch.ts';

/** Tells how it was called and that it began, does what a holder does, and tells that it ended. */
const HOLDER = 'echo "$*" >> "$0.calls"; shift 4; echo "$$" > "$0.pid"; exec "$@"';

test('the machine is kept awake while something runs, and no longer', async () => {
	const { awake, calls, held } = await machine(HOLDER);
	expect(held()).toBe(false);
	const result = await awake.during(async () => {
		await eventually(held, () => 'the machine to be held awake');
		return 'done';
	});
	expect(result).toBe('done');
	await eventually(
		() => !held(),
		() => 'the machine to be let go',
	);
	expect(calls()).toEqual([
		expect.stringMatching(/^--what=idle --who=nightloop --why=.+ --mode=block \/.*cat$/),
	]);
});

test('it is let go also when what ran has failed', async () => {
	const { awake, held } = await machine(HOLDER);
	const failing = awake.during(async () => {
		await eventually(held, () => 'the machine to be held awake');
		throw new Error('no');
	});
	await expect(failing).rejects.toThrow('no');
	await eventually(
		() => !held(),
		() => 'the machine to be let go',
	);
});

test('a holder that hangs holds nothing up, and is ended', async () => {
	const { awake, held } = await machine('echo $$ > "$0.pid"; exec sleep 300');
	await awake.during(() => eventually(held, () => 'it to begin'));
	await eventually(
		() => !held(),
		() => 'it to be ended',
	);
});

test('one that does not work here is no reason to fail, and is not tried again', async () => {
	const { awake, calls, seen } = await machine('echo x >> "$0.calls"; : > "$0.seen"; exit 1');
	await awake.during(() => eventually(seen, () => 'it to be tried'));
	// Its exit is told to us a moment after it.
	await eventually(
		async () => {
			const before = calls().length;
			for (let session = 0; session < 3; session++) await awake.during(async () => {});
			return calls().length === before;
		},
		() => 'it to be given up',
	);
});

test('without descriptors left what is to run simply runs, and with them the machine is kept awake again', async () => {
	const { folder, calls } = await machine(HOLDER);
	const script = `
		import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
		import { openWakefulness } from ${JSON.stringify(path.resolve('dist/src/io/keep-awake.js'))};
		const awake = await openWakefulness('/nowhere');
		const fds = [];
		try { for (;;) fds.push(openSync('/dev/null')); } catch (error) { console.log(error.code); }
		console.log(await awake.during(async () => 7));
		fds.forEach(closeSync);
		const tried = ${JSON.stringify(path.join(folder, 'systemd-inhibit.calls'))};
		const isTried = () => existsSync(tried) && readFileSync(tried, 'utf8').endsWith('\\n');
		await awake.during(async () => { while (!isTried()) await new Promise((resolve) => setTimeout(resolve, 20)); });
	`;
	const limited = [
		'-c',
		'ulimit -n 80; exec "$@"',
		'sh',
		process.execPath,
		'--input-type=module',
		'-e',
		script,
	];
	const env = { PATH: `${folder}:${process.env['PATH']}` };
	// In a group of its own, as what is wrong here ends a group.
	expect((await execa('sh', limited, { env, detached: true })).stdout).toBe('EMFILE\n7');
	expect(calls()).toHaveLength(1);
});

test('where there is none, what is to run simply runs', async () => {
	vi.stubEnv('PATH', '/nowhere');
	const awake = await openWakefulness(await scratchFolder());
	vi.unstubAllEnvs();
	expect(await awake.during(async () => 7)).toBe(7);
});

test('one that lies in the repository is not run: a session may have put it there', async () => {
	const root = await scratchFolder();
	const { awake, calls } = await machine(HOLDER, root);
	await awake.during(async () => {});
	expect(calls()).toEqual([]);
});

test('the machine is let go when the loop is killed', async () => {
	const { folder, held } = await machine(HOLDER);
	const script = `
		import { openWakefulness } from ${JSON.stringify(path.resolve('dist/src/io/keep-awake.js'))};
		const awake = await openWakefulness('/nowhere');
		await awake.during(() => new Promise(() => setInterval(() => {}, 1000)));
	`;
	const env = { PATH: `${folder}:${process.env['PATH']}` };
	const loop = execa(process.execPath, ['--input-type=module', '-e', script], { env, reject: false });
	await eventually(held, () => 'the machine to be held awake');
	loop.kill('SIGKILL');
	await loop;
	await eventually(
		() => !held(),
		() => 'the machine to be let go',
	);
});

/** A machine with such a systemd-inhibit on its PATH. */
async function machine(script: string, root?: string) {
	const folder = path.join(root ?? (await scratchFolder()), 'bin');
	mkdirSync(folder);
	const file = path.join(folder, 'systemd-inhibit');
	writeFileSync(file, `#!/bin/sh\n${script}\n`);
	chmodSync(file, 0o755);
	vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
	const awake = await openWakefulness(root ?? '/nowhere');
	vi.unstubAllEnvs();
	const text = (name: string) =>
		existsSync(`${file}.${name}`) ? readFileSync(`${file}.${name}`, 'utf8') : '';
	return {
		folder,
		awake,
		calls: () => text('calls').split('\n').filter(Boolean),
		seen: () => existsSync(`${file}.seen`),
		held: () => text('pid') !== '' && existsSync(`/proc/${text('pid').trim()}`),
	};
}
