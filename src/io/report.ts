import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { nightOf } from '../core/report/night.ts';
import { page } from '../core/report/page.ts';
import { reportOf } from '../core/report/report.ts';
import { retold } from '../core/why/retold.ts';
import { replay } from '../core/run/run.ts';
import { clock, day, dayAndClock } from './clock.ts';
import { readWhole } from './journal.ts';
import { ownFile } from './own-folder.ts';
import type { Place } from './place.ts';
import { listIn } from './steering/parsed-list.ts';
import { stableRead } from './steering/todo-file.ts';

/** Where the report of a `-C` folder is kept. */
export function reportFile(place: Place): string {
	return path.join(place.folder, '.nightloop', 'report.html');
}

/** The morning report as one page, from the journal and the list as they are now; its links hold from the folder `from`. */
export async function readReport(place: Place, from: string, holder: 'alive' | 'nobody'): Promise<string> {
	const [{ entries: all, lost }, read] = await Promise.all([
		readWhole(place.state, MOST_ENTRIES),
		stableRead(place.todo),
	]);
	const now = Date.now();
	const known = {
		run: replay(all),
		todo: read.kind === 'bytes' ? listIn(read.bytes) : null,
		list: path.relative(place.root, place.todo),
		entries: nightOf(retold(all), now),
		now,
		holder,
		git: 'git',
		self: 'nightloop',
	};
	const isThere = (log: string) => existsSync(path.join(place.folder, log));
	const reader = {
		name: path.basename(place.root),
		time: dayAndClock,
		folder: '',
		self: known.self,
		isThere,
		lost,
	};
	const logs = path.relative(from, path.join(place.folder, '.nightloop'));
	return page(reportOf(known, reader), { clock, day, logs: logs === '' ? '' : `${encodeURI(logs)}/` });
}

/** Writes a page where a person finds it, whole at every moment; a link that stands there is not followed. */
export async function writeReport(file: string, text: string): Promise<void> {
	const fresh = `${file}.${process.pid}.new`;
	try {
		ownFile(fresh, text);
		await rename(fresh, file);
	} catch (error) {
		await rm(fresh, { force: true });
		throw error;
	}
}

/** More than a night of short sessions has. */
const MOST_ENTRIES = 20_000;
