import type { Attempt, Candidate, CommitId, TaskId } from '../types.ts';

/**
 * The message of a landed commit: the subject line of the settings, the task in full where it was cut, and the trailers
 * from which an audit can tell who wrote and who approved.
 */
export function commitMessage(template: string, attempt: Attempt, candidate: Candidate): string {
	const text = oneLine(attempt.text);
	const whole = oneLine(template.replaceAll('{{task}}', () => text)) || text;
	const subject = cut(whole, SUBJECT_LENGTH);
	const body = subject === whole ? [] : [text, ''];
	const { work } = attempt;
	const approvals = attempt.reviews.filter(
		({ verdict, tree }) => verdict.kind === 'approved' && tree === candidate.tree,
	);
	const trailers = [
		`Nightloop-Task: ${attempt.task}`,
		`Nightloop-Attempt: ${attempt.number}`,
		`Nightloop-Tree: ${candidate.tree}`,
		...(work ? [`Nightloop-Worker: ${sessionName(work)}`] : []),
		...approvals.map((review) => `Nightloop-Reviewer: ${sessionName(review)}`),
	];
	return [subject, '', ...body, ...trailers, ''].join('\n');
}

/** The message of a commit that takes a landed one back: why, and the trailers that tell an audit what became of it. */
export function undoMessage(of: {
	readonly commit: CommitId;
	readonly subject: string;
	readonly task: TaskId;
	readonly why: string;
}): string {
	const why = of.why.trim();
	const trailers = [`Nightloop-Undo: ${of.commit}`, `Nightloop-Task: ${of.task}`];
	const subject = cut(`Undo: ${oneLine(of.subject)}`, SUBJECT_LENGTH);
	return [subject, '', ...(why === '' ? [] : [why, '']), ...trailers, ''].join('\n');
}

const SUBJECT_LENGTH = 72;

/** A session as the trailers name it: `agent/model/session`, by the agent's own name for it where it has one. */
export function sessionName(session: {
	agent: string;
	model: string | null;
	session: string;
	agentSession: string | null;
}): string {
	const id = session.agentSession ?? session.session;
	return [session.agent, session.model ?? 'default', id]
		.map((part) => oneLine(part).replaceAll('/', '∕'))
		.join('/');
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}

function cut(text: string, length: number): string {
	return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}
