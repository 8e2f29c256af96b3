#!/usr/bin/env node
import { closeSync } from 'node:fs';
import process from 'node:process';
import { isatty } from 'node:tty';
import { setFlagsFromString } from 'node:v8';
import { UserError } from '../core/errors.ts';
import { shippedVersion } from '../io/shipped.ts';
import { explain } from './explain.ts';
import { HELP, readOptions } from './options.ts';
import type { Options } from './options.ts';

/** The only catch, and the only exit code. */
async function main(args: readonly string[]): Promise<void> {
	try {
		if (process.platform === 'win32') throw onWindows();
		const options = readOptions(args);
		if (options.flags.help) console.log(HELP);
		else if (options.flags.version) console.log(shippedVersion());
		else process.exitCode = await dispatch(options);
	} catch (error) {
		process.exitCode = explain(error);
	}
}

/** Each command is loaded when it is asked for: a start should not pay for the others. */
async function dispatch(options: Options): Promise<number> {
	if (options.command !== 'run') outliveReader();
	switch (options.command) {
		case 'run':
			return options.flags['dry-run']
				? (await import('./dry-run.ts')).dryRun(options)
				: (await import('./run.ts')).run(options);
		case 'init':
			return (await import('./init.ts')).init(options);
		case 'status':
			return (await import('./status.ts')).status(options);
		case 'why':
			return (await import('./why.ts')).why(options);
		case 'undo':
			return (await import('./undo.ts')).undo(options);
		case 'accept':
			return (await import('./accept.ts')).accept(options);
		case 'plan':
			return (await import('./plan.ts')).plan(options);
		case 'report':
			return (await import('./report.ts')).report(options);
		case 'audit':
			return (await import('./audit.ts')).audit(options);
		case 'demo':
			return (await import('./demo.ts')).demo(options);
	}
}

/** A reader that has seen enough, such as `head`, is no reason to stop half-way through writing files; a disk that is full is one. */
function outliveReader(): void {
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code !== 'EPIPE' && process.stdout.listenerCount('error') === 1) process.exit(explain(error));
	});
}

/**
 * node 20 aborts at its end, with a dump, where a terminal does not take its settings back, as one that was closed does not
 * (nodejs/node#58200). It leaves alone what is not open any more.
 */
function outliveTerminal(): void {
	const terminals = [0, 1, 2].filter((fd) => isatty(fd));
	process.once('exit', () => terminals.filter((fd) => !isatty(fd)).forEach((fd) => closeSync(fd)));
}

function onWindows(): UserError {
	return new UserError({
		what: 'nightloop does not run on Windows itself.',
		why: 'It ends whole process trees by means that Windows does not have.',
		fix: 'Run it inside WSL.',
	});
}

// Left alone, the nursery of the heap grows to three times what a loop of small steps needs: 15 MB less, all night.
setFlagsFromString('--semi-space-growth-factor=1');
outliveTerminal();
await main(process.argv.slice(2));
