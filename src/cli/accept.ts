import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';
import { plainLine } from '../core/plain.ts';
import { changedFiles, changedLines } from '../core/rules/rule-texts.ts';
import { replay } from '../core/run/run.ts';
import type { Event, Run, RuleTexts } from '../core/types.ts';
import { hasRequest, leaveRequest, removeRequest } from '../io/steering/accept-request.ts';
import { readJournal, recordAll } from '../io/journal.ts';
import { lockHolder, takeLock } from '../io/lock.ts';
import { findProject, prepareFolders } from '../io/project.ts';
import type { Project } from '../io/project.ts';
import { parseRules } from '../io/steering/parsed-rules.ts';
import { readTexts } from '../io/steering/rule-files.ts';
import { isWithinSession } from '../io/steering/within-session.ts';
import type { Options } from './options.ts';

/** Takes settings and prompts as they are on disk as the person's word: by the loop that runs, or for the next start. */
export async function accept({ folder, flags }: Options): Promise<number> {
	const project = await findProject(folder, flags.todo);
	if (isWithinSession(project)) throw withinSession();
	const texts = await readable(project);
	const before = replay(await readJournal(project.state));
	const lines = before.accepted ? changedLines(before.accepted, texts) : [];
	if (before.accepted && lines.length === 0 && before.held.length === 0) {
		console.log('Settings and prompts are as they were accepted last.');
		return 0;
	}
	const by = (await lockHolder(project.gitDir)) === null ? 'nobody' : await askLoop(project, texts);
	if (by === 'nobody') await record(project, texts, before);
	for (const line of lines) console.log(plainLine(line));
	console.log(by === 'nobody' ? 'Taken, for the next start.' : 'Taken by the loop that runs.');
	return 0;
}

/** Rejects with a `UserError` for what nobody could take. */
async function readable(project: Project): Promise<RuleTexts> {
	const { settings, prompts, away } = readTexts(project, null);
	if (away) throw noSettings(settings.file);
	parseRules({ settings, prompts }, {});
	return { settings, prompts };
}

async function record(project: Project, texts: RuleTexts, before: Run): Promise<void> {
	const lock = await takeLock(project.gitDir);
	try {
		await prepareFolders(project);
		const released: Event[] = before.held.length > 0 ? [{ event: 'held', files: [] }] : [];
		await recordAll(project.state, [...released, { event: 'accepted', by: 'accept', ...texts }]);
	} finally {
		await lock.release();
	}
}

/** Resolves when the loop has taken them; to `nobody` where it ended meanwhile, and they are still to be recorded. */
async function askLoop(project: Project, texts: RuleTexts): Promise<'loop' | 'nobody'> {
	leaveRequest(project, texts);
	try {
		for (let waited = 0; hasRequest(project); waited += GLANCE) {
			if ((await lockHolder(project.gitDir)) === null) return 'nobody';
			if (waited > PATIENCE) throw noAnswer();
			await sleep(GLANCE);
		}
	} finally {
		removeRequest(project);
	}
	const { accepted } = replay(await readJournal(project.state));
	if (accepted === null || changedFiles(accepted, texts).length > 0) throw notTaken();
	return 'loop';
}

/** How often to look for the answer, and how long, in ms: a loop looks for requests every 150 ms. */
const GLANCE = 100;
const PATIENCE = 10_000;

function withinSession(): UserError {
	return new UserError({
		what: 'nightloop accept was run within a session or a check of the loop.',
		why: 'Whoever may have written settings and prompts does not approve them.',
		fix: 'Run it in a terminal of your own.',
	});
}

function noSettings(file: string): UserError {
	return new UserError({
		what: `${file} is absent or empty.`,
		why: 'Settings are read from it; an editor may just be saving it.',
		fix: 'Look at it, and try again.',
	});
}

function noAnswer(): UserError {
	return new UserError({
		what: 'The loop that runs has not answered.',
		why: `It was asked to take them, and did not for ${PATIENCE / 1000} s.`,
		fix: 'Look at it with `nightloop status`, and try again; or end it, and start it from a terminal.',
	});
}

function notTaken(): UserError {
	return new UserError({
		what: 'The loop that runs did not take them.',
		why: 'They were changed just then, or it cannot go by them: its log says which.',
		fix: 'Look at them, and try again.',
	});
}
