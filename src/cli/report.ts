import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { UserError } from '../core/errors.ts';
import { lockHolder } from '../io/lock.ts';
import { mishap } from '../io/mishap.ts';
import { isFolder, ownFolder } from '../io/own-folder.ts';
import { findPlace } from '../io/place.ts';
import { readReport, reportFile, writeReport } from '../io/report.ts';
import { isSomebodyElse } from '../io/steering/within-session.ts';
import type { Options } from './options.ts';

/** Writes the morning report, and says where. */
export async function report({ flags }: Options): Promise<number> {
	const place = await findPlace(flags.C, flags.todo);
	const own = reportFile(place);
	const file = flags.out === undefined ? own : path.resolve(flags.out);
	const holder = (await lockHolder(place.gitDir)) === null ? 'nobody' : 'alive';
	const text = await readReport(place, path.dirname(file), holder);
	if (file === own) {
		if (!isFolder(path.dirname(own))) await keepOut(place.folder, flags.todo);
		await makeWay(own);
	}
	try {
		await writeReport(file, text);
	} catch (error) {
		throw notWritten(file, mishap(error));
	}
	console.log(path.relative(process.cwd(), file));
	return 0;
}

/** Before the first loop did. Loaded only then: a report that is kept should not pay for it each time. */
async function keepOut(folder: string, todo: string | undefined): Promise<void> {
	const { findProject, keepOutOfGit } = await import('../io/project.ts');
	await keepOutOfGit(await findProject(folder, todo));
}

/** A session may have put something else there, and one that was killed what it had written by then. */
async function makeWay(own: string): Promise<void> {
	const folder = path.dirname(own);
	ownFolder(folder);
	if (isFolder(own)) await rm(own, { recursive: true });
	for (const name of await readdir(folder)) {
		const [, pid] = /^report\.html\.(\d+)\.new$/.exec(name) ?? [];
		if (pid !== undefined && !isSomebodyElse(Number(pid)))
			await rm(path.join(folder, name), { recursive: true, force: true });
	}
}

function notWritten(file: string, why: string): UserError {
	return new UserError({
		what: `The report could not be written to ${file}.`,
		why,
		fix: 'Name another file with --out, in a folder that you may write to.',
	});
}
