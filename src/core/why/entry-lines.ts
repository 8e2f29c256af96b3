import type { Chapter } from './chapters.ts';
import { checkLines, findingLines, proposalLines } from './judged-lines.ts';
import { endWords } from '../ends.ts';
import { duration, money, tokens } from '../format.ts';
import { narrow, whole } from './narrow.ts';
import type { EntryOf } from '../run/parts.ts';
import type { CheckResult, Entry, Finding, SessionId, TaskId } from '../types.ts';

/** Whose entries these are, and from where they are read. */
export interface Reading {
	readonly task: TaskId;
	/** The session that runs now. */
	readonly running: SessionId | null;
	readonly time: (at: string) => string;
	/** Whether a log is still there, by its path in the `-C` folder. */
	readonly isThere: (log: string) => boolean;
	/** What leads to the `-C` folder from where the person stands: `''`, or a path that ends in a slash. */
	readonly folder: string;
	/** How nightloop is called there. */
	readonly self: string;
}

/** What happened in one chapter of a task's story, in narrow lines. What nobody needs to see has none. */
export function entryLines(chapter: Chapter, reading: Reading): string[] {
	return chapter.entries.flatMap((entry) => linesOf(entry, { ...reading, ...chapter }));
}

type Place = Reading & Chapter;

/** An entry of that name. */
type Told<Name extends Entry['event']> = { [Each in Name]: EntryOf<Each> & { readonly event: Each } }[Name];

function linesOf<Name extends Entry['event']>(entry: Told<Name>, place: Place): string[] {
	return LINES[entry.event]?.(entry, place) ?? [];
}

const LINES: { readonly [Name in Entry['event']]?: (entry: Told<Name>, place: Place) => string[] } = {
	opened: unended,
	worked: (entry, place) => [
		...sessionLines(`worker ${endWords(entry.end)}`, '·', entry, place),
		...exitLines(entry),
	],
	reviewed: reviewLines,
	settled: settledLines,
	proposed: ({ proposal }) => proposalLines(proposal),
	checked: (entry, place) =>
		checkLines(entry, (log) => logLines(log, place), checksBefore(entry, place.entries)),
	rejected: rejectedLines,
	landed: ({ commit }) => note('✓', `landed as ${commit.slice(0, 12)}`),
	unlanded: (entry, { entries }) =>
		note('!', `not ${isOfUndo(entry, entries) ? 'taken back' : 'landed'}: ${entry.why}`),
	marked: ({ outcome }) => (outcome === 'gone' ? note('!', 'its box was gone when it was to be marked') : []),
	cleared: ({ why, ref }) => (ref === null ? [] : note('!', `changes taken out of the tree: ${why}`)),
	parked: ({ why }) => note('!', `parked: ${why}`),
	abandoned: abandonedLines,
	undoing: ({ undoing }) => note('·', `its code is to be taken back${because(undoing.why)}`),
	undone: ({ why, box }) => [
		...note('!', `its code was taken back${because(why)}`),
		...narrow(box === 'open' ? 'its box was opened again' : 'its box was dropped', DEEP),
	],
};

function note(sign: string, text: string): string[] {
	return narrow(text, `  ${sign} `);
}

function because(why: string): string {
	return why === '' ? '' : `: ${why}`;
}

function isOfUndo(entry: Entry, entries: readonly Entry[]): boolean {
	return entries[entries.indexOf(entry) - 1]?.event === 'undoing';
}

function checksBefore(entry: Entry, entries: readonly Entry[]): CheckResult[] {
	const before = entries.slice(0, entries.indexOf(entry));
	return before.flatMap((each) => (each.event === 'checked' ? each.results : []));
}

type Session = EntryOf<'worked' | 'reviewed'>;

/** A session of which the end is not on record. */
function unended({ session, role, agent, at }: EntryOf<'opened'>, place: Place): string[] {
	if (place.entries.some((entry) => isResult(entry) && entry.session === session)) return [];
	const how =
		place.running === session ? `runs since ${place.time(at)}` : 'cut off: the loop ended before it did';
	return [...note('·', `${role} ${how}`), ...narrow(agent, DEEP), ...logs(session, place)];
}

function isResult(entry: Entry): entry is Session {
	return entry.event === 'worked' || entry.event === 'reviewed';
}

function sessionLines(title: string, sign: string, entry: Session, place: Place): string[] {
	const opened = place.entries.find((each) => each.event === 'opened' && each.session === entry.session);
	const agent = opened?.event === 'opened' ? [opened.agent] : [];
	const who = [...agent, ...(entry.model === null ? [] : [entry.model])].join(' · ');
	return [
		...note(sign, `${title} · ${cost(entry)}`),
		...(who === '' ? [] : narrow(who, DEEP)),
		...logs(entry.session, place),
	];
}

function cost({ ms, usage, pays }: Session): string {
	const usd = usage.usd === 0 ? [] : [money(usage.usd, pays)];
	const used = usage.tokens === 0 ? [] : [`${tokens(usage.tokens)} tokens`];
	return [duration(ms), ...usd, ...used].join(' · ');
}

function logs(session: SessionId, place: Place): string[] {
	return logLines(`.nightloop/sessions/${session}/`, place);
}

function logLines(log: string, { folder, isThere }: Place): string[] {
	return isThere(log) ? [whole(`${folder}${log}`, DEEP)] : narrow('its log was pruned: the oldest go', DEEP);
}

const DEEP = '    ';

function exitLines({ status }: EntryOf<'worked'>): string[] {
	if (status === null) return [];
	const { reason, red } = status;
	const said = {
		done: [],
		'already-done': [`says it was done already${because(reason)}`],
		blocked: [`says it is blocked${because(reason)}`],
	}[status.status];
	return [...said, ...(red === null ? [] : [`expects red checks: ${red}`])].flatMap((words) =>
		narrow(words, DEEP),
	);
}

function reviewLines(entry: EntryOf<'reviewed'>, place: Place): string[] {
	const { reviewer, verdict } = entry;
	if (verdict.kind === 'unreadable')
		return [...sessionLines(`${reviewer} gives no verdict`, '✗', entry, place), ...narrow(verdict.why, DEEP)];
	const findings = verdict.findings.flatMap((finding) => findingLines(finding, 'with evidence'));
	if (verdict.kind === 'rejected')
		return [...sessionLines(`${reviewer} rejects`, '✗', entry, place), ...findings];
	const red = verdict.red === 'expected' ? ', and that checks are red' : '';
	return [...sessionLines(`${reviewer} approves${red}`, '✓', entry, place), ...findings];
}

function settledLines({ drift, putRight }: EntryOf<'settled'>): string[] {
	return [
		...(drift.length === 0 ? [] : note('!', `changed meanwhile: ${drift.join(', ')}`)),
		...putRight.flatMap((text) => note('!', `put right: ${text}`)),
	];
}

/** What the lines of a worker, a check or a reviewer hold already is not told again. */
function rejectedLines({ blocked, findings }: EntryOf<'rejected'>, { entries }: Place): string[] {
	const told = entries.flatMap((entry) => {
		if (entry.event !== 'reviewed' || entry.verdict.kind === 'unreadable') return [];
		return entry.verdict.findings;
	});
	const tails = entries.flatMap((entry) =>
		entry.event === 'checked' ? entry.results.map(({ tail }) => tail) : [],
	);
	const isTold = ({ what, by }: Finding) =>
		(blocked !== null && what.includes(blocked)) || told.some((each) => each.what === what && each.by === by);
	return [
		...note('✗', 'rejected'),
		...findings
			.filter((finding) => !isTold(finding))
			.flatMap((finding) =>
				findingLines(finding, tails.includes(finding.evidence) ? 'without evidence' : 'with evidence'),
			),
	];
}

function abandonedLines({ task, text, why, heir }: EntryOf<'abandoned'>, place: Place): string[] {
	if (task !== place.task) return [...note('·', `it was: ${text}`), whole(`${place.self} why ${task}`)];
	const now = heir === null ? [] : [...note('·', 'what it is now:'), whole(`${place.self} why ${heir}`)];
	return [...note('!', `left: ${why}`), ...now];
}
