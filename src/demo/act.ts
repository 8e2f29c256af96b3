import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';
import { fill, type Action, type Who } from './scenes.ts';

/**
 * Acts a scene out in the current folder, up to its `exit`, and gives the exit code: 0 if there is none. `say` and
 * `spill` go to stdout, the output of `run` to stderr. Throws a UserError if a command of `run` fails.
 */
export async function act(actions: readonly Action[], who: Who): Promise<number> {
	for (const action of actions) {
		if (action.act === 'exit') {
			return action.code;
		}
		await perform(action, who);
	}
	return 0;
}

async function perform(action: Exclude<Action, { act: 'exit' }>, who: Who): Promise<void> {
	switch (action.act) {
		case 'write':
		case 'append':
			return save(action.act, fill(action.path, who), fill(action.text, who));
		case 'delete':
			return rm(fill(action.path, who), { recursive: true, force: true });
		case 'run':
			return run(fill(action.command, who));
		case 'sleep':
			return sleep(action.ms);
		case 'say':
			return print(`${fill(action.text, who)}\n`);
		case 'spill':
			return spill(action.bytes, action.char);
		case 'hang':
			return forever();
		case 'kill':
			process.kill(process.pid, action.signal);
	}
}

async function save(how: 'write' | 'append', path: string, text: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	await (how === 'write' ? writeFile(path, text) : appendFile(path, text));
}

function run(command: string): void {
	const { status, signal } = spawnSync('sh', ['-c', command], { stdio: ['ignore', 2, 2] });
	if (status !== 0) {
		const why = `it ended with ${signal ?? `exit code ${status}`}`;
		throw new UserError({
			what: `run ${JSON.stringify(command)}`,
			why,
			fix: 'End it with `|| true` if it may fail.',
		});
	}
}

/** Resolves when it has been written: what follows may be the end of the process. */
function print(text: string): Promise<void> {
	return new Promise((resolve, reject) => {
		process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
	});
}

async function spill(bytes: number, char: string): Promise<void> {
	const chunk = char.repeat(65_536);
	for (let left = bytes; left > 0; left -= chunk.length) {
		await print(chunk.slice(0, left));
	}
}

async function forever(): Promise<never> {
	for (;;) {
		await sleep(60_000);
	}
}
