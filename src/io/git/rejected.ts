import { isPastKeeping } from '../../core/why/kept.ts';
import type { Attempt } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { DURABLE, isGitError } from './git.ts';

/** Rejected candidates, each under a ref of its own for as long as they are kept. */
export interface Rejected {
	/** Resolves to the ref, null when the attempt never made a candidate. */
	keep(attempt: Attempt): Promise<string | null>;
	/**
	 * Lets go of those that are older than they are kept for, by when they were made. Looks once a day, however often it
	 * is called; never rejects for what the refs are like.
	 */
	expire(): Promise<void>;
}

export function openRejected(project: Project): Rejected {
	let looked = 0;
	const expire = async () => {
		if (Date.now() - looked < DAY) return;
		looked = Date.now();
		await expireIn(project);
	};
	return {
		expire,
		async keep({ proposal, task, number }) {
			await expire();
			if (proposal?.kind !== 'candidate') return null;
			const ref = `refs/nightloop/rejected/${task}-${number}-${proposal.candidate.commit.slice(0, 8)}`;
			await project.git(['update-ref', ref, proposal.candidate.commit], { durable: DURABLE });
			return ref;
		},
	};
}

const DAY = 24 * 3_600_000;

async function expireIn({ git }: Project): Promise<void> {
	try {
		const refs = await git([
			'for-each-ref',
			'--format=delete %(refname) %(objectname) %(committerdate:unix)',
			'refs/nightloop/rejected/',
		]);
		const expired = refs.split('\n').filter(isExpired);
		if (expired.length === 0) return;
		const input = expired.map((line) => `${line.slice(0, line.lastIndexOf(' '))}\n`).join('');
		await git(['update-ref', '--stdin'], { input });
	} catch (error) {
		// A ref without its object, a lock: it is tried again with the next start.
		if (!isGitError(error)) throw error;
	}
}

/** A while longer than is told, so that a command that was just printed still works. */
function isExpired(line: string): boolean {
	const made = Number(/ (\d+)$/.exec(line)?.[1]) * 1000;
	return isPastKeeping(made + A_WHILE, Date.now());
}

const A_WHILE = 3_600_000;
