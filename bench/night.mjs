import { createHash } from 'node:crypto';

const BRANCH = 'refs/heads/main';

/** What is recorded of a task that lands at its first attempt. */
export function landing(index) {
	const id = (what) => createHash('sha1').update(`${what} ${index}`).digest('hex');
	const name = (number, role) => `${String(number).padStart(4, '0')}-${role}`;
	const [worker, reviewer] = [name(2 * index + 1, 'worker'), name(2 * index + 2, 'reviewer')];
	const [task, tree, commit, made, base] = ['task', 'tree', 'commit', 'made', 'base'].map(id);
	const text = `task number ${index} of a night that does not want to end`;
	const usage = { usd: 0.1, tokens: 50_000 };
	const reported = {
		usage,
		agentSession: id('session'),
		model: 'opus',
		ms: 60_000,
		end: { kind: 'completed' },
	};
	const at = { task: task.slice(0, 14), text, line: index + 1, follower: null, equals: 1, attempt: 1 };
	const opened = (session, role) => {
		const details = role === 'worker' ? 'As it says in the list.' : null;
		return {
			event: 'opened',
			session,
			role,
			...at,
			details,
			agent: 'claude',
			prompt: role,
			base,
			branch: BRANCH,
		};
	};
	const settled = (session) => ({ event: 'settled', session, drift: [], putRight: [] });
	const change = {
		path: `src/file-${index}.ts`,
		status: 'modified',
		oldMode: '100644',
		newMode: '100644',
		added: 9,
		deleted: 2,
	};
	const candidate = { commit: made, tree, base, head: base, changes: [change], weakened: [] };
	const check = {
		command: 'npm test',
		result: 'green',
		exitCode: 0,
		ms: 9000,
		tail: 'ok\n'.repeat(20),
		log: 'l',
		runs: 1,
	};
	const on = { task: at.task, commit: made, tree };
	return [
		opened(worker, 'worker'),
		{ event: 'worked', session: worker, task: at.task, status: null, ...reported },
		settled(worker),
		{ event: 'proposed', task: at.task, proposal: { kind: 'candidate', candidate } },
		{ event: 'checked', ...on, on: 'candidate', setup: null, installed: 'as before', results: [check] },
		opened(reviewer, 'reviewer'),
		{
			event: 'reviewed',
			session: reviewer,
			task: at.task,
			reviewer: 'reviewer',
			candidate: made,
			tree,
			nonce: id('nonce'),
			verdict: { kind: 'approved', findings: [], red: null },
			...reported,
		},
		settled(reviewer),
		{ event: 'sealed', task: at.task, sealed: { commit, head: base, branch: BRANCH, list: 'todo.md' } },
		{
			event: 'landed',
			task: at.task,
			text,
			attempt: 1,
			commit,
			tree,
			equals: 1,
			worker,
			reviewers: [reviewer],
		},
		{ event: 'marked', task: at.task, as: 'x', lines: [index + 1], outcome: 'written' },
	];
}
