import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTodo } from '../../src/core/todo/todo.ts';
import { writeLines } from './journal.ts';
import type { Line } from './journal.ts';
import type { Repository } from './repository.ts';

/**
 * Lands so many tasks at once, as a loop would have: a commit each by way of fast-import, a journal that tells how, and all
 * boxes ticked.
 */
export async function landTasks(repository: Repository, count: number): Promise<void> {
	const texts = Array.from({ length: count }, (_, index) => `task number ${index} of a long night`);
	const list = (done: number) =>
		texts.map((text, index) => `- [${index < done ? 'x' : ' '}] ${text}\n`).join('');
	const start = await repository.git('rev-parse', 'HEAD');
	const parsed = parseTodo(Buffer.from(list(0)), { optional: false });
	if (parsed.kind !== 'list') throw new Error('no list');
	const ids = parsed.todo.tasks.map(({ id }) => id);
	const readme = await repository.git('rev-parse', 'HEAD:README.md');
	const lists = texts.map((_, index) => list(index + 1));
	const works = texts.map((text) => `${text}\n`);
	const folder = (upTo: number) =>
		tree(works.slice(0, upTo).map((work, index) => ['100644', nameOf(index), object('blob', work)] as const));
	const judged = texts.map((_, index) =>
		tree([
			['100644', 'README.md', readme],
			['40000', 'done', folder(index + 1)],
			['100644', 'todo.md', object('blob', lists[index - 1] ?? list(0))],
		]),
	);
	const stream = [
		commit('refs/heads/main', `list\n`, 'A Person <person@example.com>', [
			'deleteall\n',
			`M 100644 ${readme} README.md\n`,
			file('todo.md', list(0)),
		]),
		...texts.map((text, index) =>
			commit('refs/heads/main', messageOf(text, ids[index]!, judged[index]!, index), COMMITTER, [
				file(`done/${nameOf(index)}`, works[index]!),
				file('todo.md', lists[index]!),
			]),
		),
	];
	const marks = join(repository.scratch, 'marks');
	await execa('git', ['fast-import', '--quiet', `--export-marks=${marks}`, '--force'], {
		cwd: repository.path,
		env: repository.env,
		extendEnv: false,
		input: `reset refs/heads/main\nfrom ${start}\n\n${numbered(stream)}`,
	});
	const commits = (await readFile(marks, 'utf8'))
		.trim()
		.split('\n')
		.map((line) => line.slice(1).split(' ') as [string, string])
		.toSorted(([one], [other]) => Number(one) - Number(other))
		.map(([, id]) => id);
	await repository.git('reset', '--quiet', '--hard');
	await mkdir(join(repository.path, '.git/nightloop'), { recursive: true });
	await writeFile(join(repository.path, 'todo.md'), list(count));
	await writeLines(repository.path, [
		line(0, {
			event: 'started',
			process: 'p',
			mode: 'fresh',
			branch: BRANCH,
			head: commits[0],
			walls: 'groups',
			version: '0',
		}),
		...texts.flatMap((text, index) =>
			story({
				text,
				index,
				task: ids[index]!,
				tree: judged[index]!,
				head: commits[index]!,
				commit: commits[index + 1]!,
			}),
		),
	]);
}

const BRANCH = 'refs/heads/main';
const COMMITTER = 'nightloop <nightloop@localhost.invalid>';

interface Told {
	readonly text: string;
	readonly index: number;
	readonly task: string;
	readonly tree: string;
	readonly head: string;
	readonly commit: string;
}

/** How one task came to land. */
function story({ text, index, task, tree, head, commit }: Told): Line[] {
	const [worker, reviewer] = [sessionName(index * 2 + 1, 'worker'), sessionName(index * 2 + 2, 'reviewer')];
	const made = createHash('sha1').update(`candidate ${index}`).digest('hex');
	const candidate = { commit: made, tree, base: head, head, changes: [], weakened: [] };
	const reported = {
		usage: { usd: 0, tokens: 0 },
		agentSession: null,
		model: null,
		ms: 5,
		end: { kind: 'completed' },
	};
	const opened = (session: string, role: string) =>
		line(index, {
			event: 'opened',
			session,
			role,
			task,
			text,
			details: role === 'worker' ? '' : null,
			line: index + 1,
			follower: null,
			equals: 1,
			attempt: 1,
			agent: 'a',
			prompt: role,
			base: head,
			branch: BRANCH,
		});
	const settled = (session: string) => line(index, { event: 'settled', session, drift: [], putRight: [] });
	const result = { command: 'true', result: 'green', exitCode: 0, ms: 1, tail: '', log: '', runs: 1 };
	return [
		opened(worker, 'worker'),
		line(index, { event: 'worked', session: worker, task, status: null, ...reported }),
		settled(worker),
		line(index, { event: 'proposed', task, proposal: { kind: 'candidate', candidate } }),
		line(index, {
			event: 'checked',
			task,
			on: 'candidate',
			commit: made,
			tree,
			setup: null,
			installed: 'as before',
			results: [result],
		}),
		opened(reviewer, 'reviewer'),
		line(index, {
			event: 'reviewed',
			session: reviewer,
			task,
			reviewer: 'reviewer',
			candidate: made,
			tree,
			nonce: `n${index}`,
			verdict: { kind: 'approved', findings: [], red: null },
			...reported,
		}),
		settled(reviewer),
		line(index, { event: 'sealed', task, sealed: { commit, head, branch: BRANCH, list: 'todo.md' } }),
		line(index, {
			event: 'landed',
			task,
			text,
			attempt: 1,
			commit,
			tree,
			equals: 1,
			worker,
			reviewers: [reviewer],
		}),
		line(index, { event: 'marked', task, as: 'x', lines: [index + 1], outcome: 'written' }),
	];
}

function line(minute: number, event: Line): Line {
	return { v: 1, at: new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString(), ...event };
}

function sessionName(number: number, role: string): string {
	return `${String(number).padStart(4, '0')}-${role}`;
}

function messageOf(text: string, task: string, tree: string, index: number): string {
	const who = (number: number, role: string) => `a/default/${sessionName(number, role)}`;
	return [
		text,
		'',
		`Nightloop-Task: ${task}`,
		'Nightloop-Attempt: 1',
		`Nightloop-Tree: ${tree}`,
		`Nightloop-Worker: ${who(index * 2 + 1, 'worker')}`,
		`Nightloop-Reviewer: ${who(index * 2 + 2, 'reviewer')}`,
		'',
	].join('\n');
}

function nameOf(index: number): string {
	return `${String(index).padStart(5, '0')}.txt`;
}

/** Commands of git fast-import(1); `MARK` is put in by `numbered`. */
function commit(ref: string, message: string, committer: string, files: readonly string[]): string {
	return `commit ${ref}\nMARK\ncommitter ${committer} 1767225600 +0000\n${data(message)}${files.join('')}\n`;
}

function numbered(commits: readonly string[]): string {
	return commits.map((text, index) => text.replace('MARK', `mark :${index + 1}`)).join('');
}

function file(name: string, text: string): string {
	return `M 100644 inline ${name}\n${data(text)}`;
}

function data(text: string): string {
	return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function object(type: string, content: string | Buffer): string {
	const bytes = Buffer.from(content);
	return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

function tree(entries: readonly (readonly [mode: string, name: string, id: string])[]): string {
	const lines = entries.map(([mode, name, id]) =>
		Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
	);
	return object('tree', Buffer.concat(lines));
}
