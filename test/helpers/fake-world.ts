import { applyMark, findTask, parseTodo, ticksFor } from '../../src/core/todo/todo.ts';
import { DEFAULTS } from '../../src/core/rules/settings.ts';
import type {
	Candidate,
	CheckPlan,
	CheckResult,
	CommitId,
	Entry,
	Installed,
	Mark,
	Mode,
	Prompt,
	Scene,
	SessionOrder,
	SessionReport,
	Settings,
	TaskId,
	TreeId,
	World,
} from '../../src/core/types.ts';

/** All that survives a crash of the fake loop: what would be on disk. */
export interface Disk {
	journal: Entry[];
	todo: string;
	/** What the branch holds, oldest first. */
	commits: { id: CommitId; tree: string; message: string }[];
	work: string;
	refs: string[];
	clock: number;
	/** Every effect that was asked for, in order. */
	log: string[];
}

export interface FakeOptions {
	readonly mode?: Mode;
	readonly settings?: Partial<Settings>;
	readonly reviewers?: readonly Prompt[];
	/** What a worker leaves in the tree. Default: `TEXT vATTEMPT`. */
	readonly work?: (order: SessionOrder, disk: Disk) => Partial<SessionReport> & { tree?: string };
	/** What a reviewer answers; `{{nonce}}` stands for its nonce. Default: approves. */
	readonly review?: (order: SessionOrder, tree: string, disk: Disk) => Partial<SessionReport>;
	readonly check?: (command: string, tree: string, on: CheckPlan['on']) => CheckResult['result'];
	/** Whether base is looked at with other things installed. Default: as before. */
	readonly installed?: Installed;
	/** Called at every effect, before and after it; throws to stop the world there. */
	readonly at?: (point: string) => void;
	/** Called before every look: a person at work. */
	readonly person?: (disk: Disk) => Partial<Pick<Scene, 'stop' | 'elsewhere'>> | void;
	readonly drift?: (disk: Disk) => string[];
	readonly open?: (disk: Disk) => { elsewhere: string } | null;
	readonly seal?: (disk: Disk) => string | null;
	readonly land?: (disk: Disk) => { kind: 'stale' | 'busy'; why: string } | null;
	readonly mark?: (disk: Disk) => 'not now' | null;
	readonly worker?: Prompt;
	readonly consolidator?: Prompt;
	/** How long the notes are, in tokens. Default: not at all. */
	readonly memory?: (disk: Disk) => number;
	readonly propose?: (disk: Disk) => { what: string; evidence: string } | null;
}

export function newDisk(todo: string): Disk {
	return {
		journal: [],
		todo,
		commits: [{ id: 'c0' as CommitId, tree: 'start', message: 'start' }],
		work: 'start',
		refs: [],
		clock: Date.UTC(2026, 0, 1),
		log: [],
	};
}

/** What holds where a list says nothing, with edits that act at once. */
const SETTINGS: Settings = { ...DEFAULTS, settle: 0 };

export function prompt(name: string, more: Partial<Prompt> = {}): Prompt {
	const role = name.startsWith('reviewer') ? 'reviewer' : name === 'consolidator' ? 'consolidator' : 'worker';
	return {
		name,
		role,
		agent: `${role}-agent`,
		model: [],
		fallback: [],
		idle: 1000,
		limit: 1000,
		args: [],
		env: {},
		body: '{{task}}',
		...more,
	};
}

export const approves = verdict({ verdict: 'approve', findings: [] });
export const approvesRed = verdict({ verdict: 'approve', findings: [], red: 'expected' });
export const approvesWith = (what: string) =>
	verdict({ verdict: 'approve', findings: [{ what, evidence: 'read it', blocking: false }] });
export const rejects = (what: string) =>
	verdict({ verdict: 'reject', findings: [{ what, evidence: 'run it', blocking: true }] });

let processes = 0;

/** A world of one string for a work tree, in which every effect can be stopped before and after it. */
export function fakeWorld(disk: Disk, options: FakeOptions = {}): World {
	const name = `process-${++processes}`;
	const effect = async <Result>(point: string, act: () => Result): Promise<Result> => {
		options.at?.(`before ${point}`);
		const result = act();
		disk.log.push(point);
		options.at?.(`after ${point}`);
		return result;
	};
	const head = () => disk.commits.at(-1)!;
	const todo = () => parseTodo(new TextEncoder().encode(disk.todo), { optional: false });
	const look = async (): Promise<Scene> => {
		const change = options.person?.(disk);
		const settings = { ...SETTINGS, ...options.settings };
		const reviewers = options.reviewers ?? [prompt('reviewer')];
		return {
			now: disk.clock,
			process: name,
			version: '0',
			mode: options.mode ?? 'until-done',
			todo: todo(),
			settings,
			worker: options.worker ?? prompt('worker'),
			reviewers,
			consolidator: options.consolidator ?? prompt('consolidator'),
			memory: options.memory?.(disk) ?? 0,
			spec: [],
			elsewhere: null,
			machine: null,
			setBack: 0,
			stop: { kind: 'none' },
			...change,
		};
	};

	return {
		history: async () => [...disk.journal],
		record: (event) =>
			effect(`record ${event.event}`, () => {
				disk.clock += 1;
				const entry = { at: new Date(disk.clock).toISOString(), ...event };
				disk.journal.push(entry);
				return entry;
			}),
		look,
		start: () =>
			effect('start', () => ({ branch: 'refs/heads/main', head: head().id, walls: 'groups', payers: [] })),
		open: (order) =>
			effect(
				`open ${order.role}`,
				() => options.open?.(disk) ?? { base: order.base ?? head().id, branch: 'refs/heads/main' },
			),
		async session(order, interrupt) {
			const why = interrupt(await look());
			if (why !== null) return report({ end: { kind: 'stopped', why }, text: '' });
			return effect(`session ${order.role} ${order.text} ${order.attempt}`, () =>
				order.candidate ? review(order, order.candidate) : work(order),
			);
		},
		settle: (role) =>
			effect(`settle ${role}`, () => ({
				drift: role === 'reviewer' ? (options.drift?.(disk) ?? []) : [],
				putRight: [],
			})),
		propose: (attempt) =>
			effect('propose', () => {
				const refused = options.propose?.(disk);
				if (refused) return { kind: 'refused', ...refused };
				const candidate: Candidate = {
					commit: `candidate of ${disk.work}` as CommitId,
					tree: disk.work as TreeId,
					base: attempt.base,
					head: head().id,
					changes: [],
					weakened: [],
				};
				return { kind: disk.work === head().tree ? 'unchanged' : 'candidate', candidate };
			}),
		async check(candidate, plan, interrupt) {
			const why = interrupt(await look());
			if (why !== null) return { stopped: why };
			const installed = options.installed ?? ('as before' as const);
			if (plan.known.length > 0 && installed === 'as before')
				return effect('know', () => ({ installed, results: plan.known }));
			return effect('check', () => ({
				installed,
				results: plan.commands.map(({ command }) => {
					const result = options.check?.(command, candidate.tree, plan.on) ?? 'green';
					return {
						command,
						result,
						exitCode: result === 'overtime' ? null : result === 'red' ? 1 : 0,
						ms: 5,
						tail: 'its output',
						log: '',
						runs: 1,
					};
				}),
			}));
		},
		keep: (attempt) => effect('keep', () => keep(`rejected/${attempt.text}`)),
		seal: (attempt, candidate, message) =>
			effect('seal', () => {
				const why = options.seal?.(disk) ?? (candidate.head === head().id ? null : 'the branch moved');
				if (why !== null) return { kind: 'stale', why };
				const commit = `commit of ${candidate.tree}\n${message}` as CommitId;
				return {
					kind: 'sealed',
					sealed: { commit, head: candidate.head, branch: attempt.branch, list: 'todo.md' },
				};
			}),
		land: (_attempt, candidate, sealed) =>
			effect('land', () => {
				const trouble = options.land?.(disk);
				if (trouble) return trouble;
				if (head().id === sealed.head)
					disk.commits.push({ id: sealed.commit, tree: candidate.tree, message: sealed.commit });
				return head().id === sealed.commit ? { kind: 'landed' } : { kind: 'stale', why: 'the branch moved' };
			}),
		mark: (task, as, equals) => effect(`mark ${as}`, () => mark(task, as, equals)),
		clear: (task, kind) =>
			effect(`clear ${kind}`, () => {
				const ref = disk.work === head().tree ? null : keep(`${kind}/${disk.work}`);
				disk.work = head().tree;
				return { ref, restore: ref && `restore ${ref} of ${task}` };
			}),
		async rest(until) {
			disk.clock = Math.max(disk.clock, until ?? disk.clock + 60_000);
		},
		close: () => effect('close', () => disk.work as TreeId),
	};

	function work(order: SessionOrder): SessionReport {
		const done = options.work?.(order, disk) ?? {};
		disk.work = done.tree ?? `${order.text} v${order.attempt}`;
		return report({ text: 'done', ...done });
	}

	function review(order: SessionOrder, candidate: Candidate): SessionReport {
		const answer = options.review?.(order, candidate.tree, disk) ?? approves;
		return report(
			{ ...answer, text: (answer.text ?? '').replaceAll('{{nonce}}', order.session) },
			order.session,
		);
	}

	function keep(ref: string): string {
		if (!disk.refs.includes(ref)) disk.refs.push(ref);
		return ref;
	}

	function mark(id: TaskId, as: Mark, equals: number) {
		if (options.mark?.(disk)) return { notNow: 'absent' };
		const list = todo();
		const task = list.kind === 'list' ? findTask(list.todo, id) : null;
		if (list.kind !== 'list' || task?.equals !== equals) return { lines: [], outcome: 'gone' as const };
		const boxes = as === 'x' ? ticksFor(list.todo, id) : [task];
		const bytes = boxes.reduce<Uint8Array>(
			(text, box) => applyMark(text, box, as),
			new TextEncoder().encode(disk.todo),
		);
		const outcome =
			new TextDecoder().decode(bytes) === disk.todo ? ('already' as const) : ('written' as const);
		disk.todo = new TextDecoder().decode(bytes);
		return { lines: boxes.map((box) => box.line), outcome };
	}
}

function report(parts: Partial<SessionReport>, nonce = ''): SessionReport {
	return {
		end: { kind: 'completed' },
		text: '',
		usage: { usd: 0.5, tokens: 100 },
		pays: null,
		agentSession: null,
		model: null,
		ms: 10,
		roomChanges: [],
		nonce,
		...parts,
	};
}

function verdict(json: unknown): Partial<SessionReport> {
	return { text: `\`\`\`verdict {{nonce}}\n${JSON.stringify(json)}\n\`\`\`\n` };
}
