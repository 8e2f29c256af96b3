import type { Attempt, Candidate } from './types.ts';

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
		...(work ? [`Nightloop-Worker: ${who(work)}`] : []),
		...approvals.map((review) => `Nightloop-Reviewer: ${who(review)}`),
	];
	return [subject, '', ...body, ...trailers, ''].join('\n');
}

const SUBJECT_LENGTH = 72;

function who(session: {
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
