import type { CommitId, TaskId, TreeId } from '../types.ts';

/** What the loop wrote below the message of a commit. */
export type Signed =
	| { readonly kind: 'none' }
	| ({ readonly kind: 'landing' } & LandingTrailers)
	| { readonly kind: 'undo'; readonly of: CommitId; readonly task: TaskId }
	| { readonly kind: 'malformed'; readonly why: readonly string[] };

interface LandingTrailers {
	readonly task: TaskId;
	readonly attempt: number;
	readonly tree: TreeId;
	/** `agent/model/session`. */
	readonly worker: string;
	readonly reviewers: readonly string[];
}

/**
 * Reads the trailers of a commit, from the last paragraph of its message alone, as git does. `none`: it is no commit of the
 * loop's. The loop writes nothing else into that paragraph, so that whatever else stands in it was put there by somebody.
 */
export function readTrailers(message: string): Signed {
	const lines = lastParagraph(message);
	const ours = lines.flatMap((line) => {
		const [, key, value] = /^Nightloop-([A-Za-z]+): ?(.*)$/.exec(line) ?? [];
		return key === undefined || value === undefined ? [] : [{ key, value }];
	});
	if (!lines.some((line) => OURS.test(line))) return { kind: 'none' };
	const foreign = lines.length > ours.length ? ['there is more among its trailers than the loop writes'] : [];
	const isUndo = ours.some(({ key }) => key === 'Undo');
	const flaws = [...foreign, ...(isUndo ? UNDO : LANDING).flatMap((rule) => flawsOf(rule, ours))];
	if (flaws.length > 0) return { kind: 'malformed', why: flaws };
	const all = (wanted: string) => ours.flatMap(({ key, value }) => (key === wanted ? [value] : []));
	const one = (wanted: string) => all(wanted).join('');
	const task = one('Task') as TaskId;
	if (isUndo) return { kind: 'undo', of: one('Undo') as CommitId, task };
	const [worker, reviewers] = [one('Worker'), all('Reviewer')];
	const sessions = [worker, ...reviewers].map(sessionOf);
	if (new Set(sessions).size < sessions.length)
		return {
			kind: 'malformed',
			why: ['one session has two parts in it: worker and reviewers must all be others'],
		};
	return {
		kind: 'landing',
		task,
		attempt: Number(one('Attempt')),
		tree: one('Tree') as TreeId,
		worker,
		reviewers,
	};
}

/** The session's own name, of `agent/model/session`. */
export function sessionOf(who: string): string {
	return who.slice(who.lastIndexOf('/') + 1);
}

/** People begin lines of their own with our name: only these are trailers. */
const OURS = /^Nightloop-(?:Task|Attempt|Tree|Worker|Reviewer|Undo):/;

interface Rule {
	readonly key: string;
	readonly form: RegExp;
	readonly often?: true;
}

const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const TASK: Rule = { key: 'Task', form: /^[0-9a-f]{14}$/ };
const WHO = /^[^/]+\/[^/]+\/[^/]+$/;
const UNDO: readonly Rule[] = [{ key: 'Undo', form: ID }, TASK];
const LANDING: readonly Rule[] = [
	TASK,
	{ key: 'Attempt', form: /^[1-9][0-9]{0,8}$/ },
	{ key: 'Tree', form: ID },
	{ key: 'Worker', form: WHO },
	{ key: 'Reviewer', form: WHO, often: true },
];

function flawsOf({ key, form, often }: Rule, ours: readonly { key: string; value: string }[]): string[] {
	const values = ours.filter((trailer) => trailer.key === key).map(({ value }) => value);
	if (values.length === 0) return [`its trailer Nightloop-${key} is missing`];
	if (values.length > 1 && !often) return [`its trailer Nightloop-${key} is there ${values.length} times`];
	return values.every((value) => form.test(value))
		? []
		: [`its trailer Nightloop-${key} is not as the loop writes it`];
}

function lastParagraph(message: string): string[] {
	const lines = message.trimEnd().split('\n');
	return lines.slice(lines.findLastIndex((line) => line.trim() === '') + 1);
}
