import { checksLine } from './check-words.ts';
import { endingLine, endWords } from './ends.ts';
import { clockTime, duration, money, tokens } from './format.ts';
import { budgetWords, PAYERS, payersWords, spentWords } from './money-words.ts';
import { plainLine } from './plain.ts';
import { ABSENT } from './stand-in.ts';
import type {
	CommitId,
	Event,
	Finding,
	Payer,
	Proposal,
	Time,
	Usage,
	WaitingFor,
	WaitingForAgent,
	WorkerStatus,
} from './types.ts';

/**
 * What a person reads of an event: one calm line, without colour. null for events that nobody needs to see. Texts of
 * agents and files are cut to one printable line each. Times to come are told as lengths, counted from an entry's `at`.
 */
export function line<Name extends Event['event']>(event: Told<Name>): string | null {
	return lines[event.event](event);
}

/** An event, or an entry of the journal, of that name. */
type Told<Name extends Event['event']> = {
	[Each in Name]: Extract<Event, { event: Each }> & { readonly event: Each; readonly at?: string };
}[Name];

const lines: { readonly [Name in Event['event']]: (event: Told<Name>) => string | null } = {
	started: (event) =>
		`● ${event.mode === 'fresh' ? 'started' : 'going on'} on ${plainLine(event.branch.replace('refs/heads/', ''))} at ${short(event.head)} · ` +
		`walls: ${event.walls}${payersWords(event.payers ?? [])} · nightloop ${event.version}`,
	ended: ({ ending, spent }) => `${endingLine(ending)}${spent ? ` · ${spentWords(spent)}` : ''}`,
	opened: ({ role, session, text, attempt, agent, instead }) =>
		`→ ${role} ${session}: ${plainLine(text)} · attempt ${attempt} · ${plainLine(agent)}` +
		(instead ? ` instead of ${plainLine(instead)}` : ''),
	worked: (event) => `← worker ${event.session} ${endWords(event.end)}${cost(event)}${honest(event.status)}`,
	reviewed: (event) => `${reviewLine(event)}${cost(event)}`,
	settled: ({ session, drift, putRight }) => settledLine(session, drift, putRight),
	proposed: ({ proposal }) => proposalLine(proposal),
	checked: (event) => (event.results.length === 0 ? null : checksLine(event)),
	rejected: ({ attempt, text, findings, blocked }) =>
		`✗ rejected ${attempt}: ${plainLine(text)} · ${blocked === null ? reason(findings) : told('blocked', blocked)}`,
	sealed: () => null,
	landed: ({ commit, text, attempt }) => `✓ landed ${short(commit)} ${plainLine(text)} · attempt ${attempt}`,
	unlanded: ({ why }) => `! not landed: ${plainLine(why)}`,
	undoing: () => null,
	undone: ({ commit, by, text, box }) =>
		`↶ undone ${short(commit)} by ${short(by)} ${plainLine(text)} · ${box === 'open' ? 'its box is open again' : 'dropped'}`,
	marked: ({ as, outcome }) =>
		outcome === 'gone' ? `! no box to mark [${as}]: the task is gone from the list` : null,
	planned: (event) =>
		`← ${event.role} ${event.session} ${told(endWords(event.end), event.outcome)}${cost(event)}`,
	cleared: (event) => clearedLine(event),
	parked: (event) => parkedLine(event),
	abandoned: ({ text, why }) => `! left ${plainLine(text)}: ${plainLine(why)}`,
	// The machine is tried again and again, a little later each time: that is told once.
	waiting: (event) =>
		awayWords(event) ?? `… ${waitingWords(event.for)}${event.for.kind === 'machine' ? '' : timeLeft(event)}`,
	resumed: () => '… going on',
	pays: ({ agent, pays }) => `! who pays for ${plainLine(agent)}: ${PAYERS[pays]}`,
	warned: (event) => `! ${budgetWords(event)}`,
	edited: ({ summary }) => `✎ ${plainLine(summary)}`,
	accepted: ({ by }) => (by === 'first start' ? null : `! settings and prompts taken as changed${AS[by]}`),
	held: ({ files }) =>
		files.length === 0
			? null
			: `! held as last accepted, as an agent may have changed it: ${plainLine(files.join(', '))} · to take it: ${THE_WAY}`,
	notice: ({ text }) => `! ${plainLine(text)}`,
	summed: () => null,
	recalled: recalledLine,
};

/** How a person says that what is held is their own word. */
export const THE_WAY = 'nightloop accept, or a start from a terminal';

const AS = {
	accept: ', by nightloop accept',
	terminal: ', by a start from a terminal',
	'walled off': ', no session could write to them',
	'no session lived': '',
} as const;

function short(commit: CommitId): string {
	return commit.slice(0, 7);
}

function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function told(what: string, text: string): string {
	const words = plainLine(text);
	return words === '' ? what : `${what}: ${words}`;
}

function kept(ref: string | null): string {
	return ref === null ? '' : ` · kept under ${ref}`;
}

function timeLeft({ at, until }: { at?: string; until: Time | null }): string {
	return at === undefined || until === null ? '' : ` · for ${duration(until - Date.parse(at))} at most`;
}

function cost({ ms, usage, pays }: { ms: number; usage: Usage; pays?: Payer | null }): string {
	const usd = usage.usd === 0 ? '' : ` · ${money(usage.usd, pays)}`;
	const used = usage.tokens === 0 ? '' : ` · ${tokens(usage.tokens)} tokens`;
	return ` · ${duration(ms)}${usd}${used}`;
}

function honest(status: WorkerStatus | null): string {
	if (status === null || status.status === 'done') {
		return '';
	}
	return told(
		status.status === 'blocked' ? ' · says it is blocked' : ' · says it was done already',
		status.reason,
	);
}

function reviewLine({ session, reviewer, verdict }: Extract<Event, { event: 'reviewed' }>): string {
	const who = `${plainLine(reviewer)} ${session}`;
	switch (verdict.kind) {
		case 'approved':
			return `✓ ${who} approves${verdict.findings.length === 0 ? '' : ` · ${count(verdict.findings.length, 'remark')}`}`;
		case 'rejected':
			return `✗ ${who} rejects · ${count(verdict.findings.length, 'finding')}`;
		case 'unreadable':
			return `✗ ${who} unreadable: ${plainLine(verdict.why)}`;
	}
}

function settledLine(session: string, drift: readonly string[], putRight: readonly string[]): string | null {
	const parts = [
		...(putRight.length === 0 ? [] : [`put right: ${putRight.map((text) => plainLine(text)).join(' · ')}`]),
		...(drift.length === 0 ? [] : [`changed meanwhile: ${plainLine(drift.join(', '))}`]),
	];
	return parts.length === 0 ? null : `! after ${session} ${parts.join(' · ')}`;
}

function proposalLine(proposal: Proposal): string {
	switch (proposal.kind) {
		case 'candidate':
			return `· candidate ${short(proposal.candidate.commit)} · ${count(proposal.candidate.changes.length, 'file')} changed`;
		case 'unchanged':
			return '· nothing changed';
		case 'refused':
			return `✗ no candidate: ${plainLine(proposal.what)}`;
	}
}

/** Where nothing is kept the tree was as HEAD: there was nothing to take out. */
function clearedLine({ why, ref, restore }: Told<'cleared'>): string | null {
	if (ref === null) return null;
	const back = restore === null ? '' : ` · to get them back: ${plainLine(restore, 1000)}`;
	return `! changes taken out of the tree: ${plainLine(why)}${kept(ref)}${back}`;
}

/** The first reason of several, in a few words. */
export function reason(findings: readonly Finding[]): string {
	const first = findings.find(({ blocking }) => blocking) ?? findings[0];
	if (first === undefined) {
		return 'no finding on record';
	}
	const more = findings.length === 1 ? '' : ` and ${findings.length - 1} more`;
	return `${plainLine(first.what)} (by ${plainLine(first.by)})${more}`;
}

/** What the loop waits for, in a few words. */
export function waitingWords(waiting: WaitingFor): string {
	switch (waiting.kind) {
		case 'edits':
			return 'waiting for edits of todo.md';
		case 'pause':
			return 'paused by todo.md';
		case 'todo':
			return told('waiting for a todo.md that can be read', waiting.why);
		case 'limit':
		case 'outage':
		case 'auth':
			return told(`${who(waiting)} ${ABSENT[waiting.kind]}`, waiting.message);
		case 'cut-off':
			return told('the session was cut off', waiting.message);
		case 'repository':
			return told('waiting for the repository', waiting.why);
		case 'disk':
			return told('waiting for room on the disk', waiting.message);
		case 'machine':
			return told('waiting for the machine', waiting.message);
	}
}

/** The one line in which a person reads what a lost journal cost. */
function recalledLine({ tasks, kept }: Told<'recalled'>): string {
	const again = `there is no journal here: ${count(tasks.length, 'landed task')} known again from the commits`;
	const refs = kept.length === 0 ? '' : ` · work that was kept: ${plainLine(kept.join(', '), 1000)}`;
	return `! ${again} · not known: ${LOST}${refs}`;
}

const LOST = 'attempts, findings, why work was kept, what was spent, which settings were accepted';
/** A wait for an agent is told with the time at which it will be asked again, by the clock of this machine. */
function awayWords({ for: what, until, at }: Told<'waiting'>): string | null {
	if (until === null || at === undefined) return null;
	if (what.kind !== 'limit' && what.kind !== 'outage' && what.kind !== 'auth') return null;
	const words = `◷ ${who(what)} ${ABSENT[what.kind]} until ${clockTime(until, Date.parse(at))}`;
	return told(what.kind === 'auth' ? `${words}, unless somebody logs in` : words, what.message);
}

function who({ agent }: WaitingForAgent): string {
	return agent === undefined ? 'the agent' : plainLine(agent);
}

/** Many in a row say more about the night than about the tasks: from the third on, each gets one attempt. */
function parkedLine({ text, why, ref, inARow }: Told<'parked'>): string {
	const row = inARow >= 3 ? ` · ${inARow} in a row: one attempt each until something lands` : '';
	return `! parked ${plainLine(text)}: ${plainLine(why)}${kept(ref)}${row}`;
}
