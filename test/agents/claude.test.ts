import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { adapterFor, type Outcome, type Sign } from '../../src/core/agents/agents.ts';
import { sessionEnvironment } from '../../src/core/environment.ts';
import type { Role, SessionOrder } from '../../src/core/types.ts';
import { startLoop, story, type Told } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { list, withRepository, type Repository } from '../helpers/repository.ts';
import { agentProgram, modelEnvironment, runProgram } from './program.ts';
import { scriptedModel, type Call, type Model, type Move } from './scripted-model.ts';

let program = '';
beforeAll(async () => {
	program = await agentProgram('claude');
});

describe('Claude Code, read by its adapter', () => {
	test('works with its tools, and its words, figures and session are read', async () => {
		await withModel(writesGreeting, async (model, repository) => {
			const { outcome, signs } = await session(repository, model);
			expect(outcome.end).toEqual({ kind: 'completed' });
			expect(outcome.text).toBe('The greeting is there.');
			expect(outcome.usage.tokens).toBe(240);
			expect(outcome.usage.usd).toBeGreaterThan(0);
			expect(outcome.agentSession).toMatch(/^[0-9a-f-]{36}$/);
			expect(outcome.model).toMatch(/^claude-/);
			expect(signs.filter((sign) => sign !== 'nothing')).toEqual([
				'progress',
				'tool-open',
				'tool-closed',
				'progress',
				'result',
			]);
			expect(await repository.read('greeting.txt')).toBe('hello\n');
			expect(model.calls.map(({ tools }) => tools.includes('CronCreate'))).toEqual([false, false]);
		});
	});

	test('reads the project’s CLAUDE.md', async () => {
		await withModel(sayingNothingMuch, async (model, repository) => {
			await repository.write('CLAUDE.md', 'Always hum.\n');
			await session(repository, model);
			expect(model.calls[0]!.prompt).toContain('Always hum.');
		});
	});

	test('takes the model that is asked for', async () => {
		await withModel(sayingNothingMuch, async (model, repository) => {
			expect((await session(repository, model, { model: 'claude-haiku-4-5' })).outcome.model).toBe(
				'claude-haiku-4-5',
			);
		});
	});

	test('tells its commands nothing of the agent that the loop was started from, and their commits carry its name', async () => {
		const command =
			'env; git commit -q --allow-empty -m mine; git log -1 --format=%ae%n%ce; git push . HEAD:refs/heads/other';
		await withModel(thenSays('Bash', { command }), async (model, repository) => {
			await session(repository, model, { inherited: { CODEX_THREAD_ID: 'x', CLAUDE_CODE_SESSION_ID: 'x' } });
			const printed = model.calls[1]!.results[0]!;
			expect(printed).toContain('agent@nightloop.invalid\nagent@nightloop.invalid');
			expect(printed).toContain('nightloop-push-is-off');
			expect(printed).toContain('NIGHTLOOP_MARK=the-mark');
			expect(printed).not.toContain('CODEX_THREAD_ID');
		});
	});

	const inAnHour = Math.floor(Date.now() / 1000) + 3600;
	const used = {
		'anthropic-ratelimit-unified-status': 'rejected',
		'anthropic-ratelimit-unified-reset': String(inAnHour),
		'anthropic-ratelimit-unified-representative-claim': 'five_hour',
		'anthropic-ratelimit-unified-5h-status': 'rejected',
		'anthropic-ratelimit-unified-5h-reset': String(inAnHour),
		'anthropic-ratelimit-unified-5h-utilization': '1.0',
	};
	const account = { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-not-a-token', ANTHROPIC_API_KEY: null };

	test.each<[string, Move, SessionOrder['prompt']['env'], object]>([
		[
			'a wrong key needs a person',
			refusal(401, 'authentication_error', 'invalid x-api-key'),
			{},
			{ kind: 'auth' },
		],
		['no right to a model needs a person', refusal(403, 'permission_error', 'no'), {}, { kind: 'auth' }],
		['an unknown model needs a person', refusal(404, 'not_found_error', 'model: x'), {}, { kind: 'auth' }],
		[
			'an empty account needs a person',
			refusal(400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
			{},
			{ kind: 'auth' },
		],
		[
			'an overloaded provider is an outage',
			refusal(529, 'overloaded_error', 'Overloaded'),
			{},
			{ kind: 'outage' },
		],
		[
			'a broken provider is an outage',
			refusal(500, 'api_error', 'Internal server error'),
			{},
			{ kind: 'outage' },
		],
		['an answer that breaks off is an outage', { breakOff: 'Overloaded' }, {}, { kind: 'outage' }],
		[
			'a rate limit is a limit without an end',
			refusal(429, 'rate_limit_error', 'This request would exceed your rate limit'),
			{},
			{ kind: 'limited', until: null },
		],
		[
			'a plan that is used up is a limit until its reset',
			{ ...refusal(429, 'rate_limit_error', 'Usage limit'), headers: used },
			account,
			{ kind: 'limited', until: inAnHour * 1000 },
		],
		[
			'too long a prompt is a failure',
			refusal(400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
			{},
			{ kind: 'failed', exitCode: 1 },
		],
	])('%s', async (_title, move, env, end) => {
		await withModel(
			() => move,
			async (model, repository) => {
				const { outcome } = await session(repository, model, { env });
				expect(outcome.end).toMatchObject(end);
			},
		);
	});

	test('a provider that cannot be reached is an outage', async () => {
		await withModel(sayingNothingMuch, async (model, repository) => {
			await model.close();
			expect((await session(repository, model)).outcome.end).toMatchObject({ kind: 'outage' });
		});
	});

	test('used up turns are a failure', async () => {
		await withModel(
			() => ({ call: 'Bash', input: { command: 'true' } }),
			async (model, repository) => {
				const { outcome } = await session(repository, model, { args: ['--max-turns', '2'] });
				expect(outcome.end).toMatchObject({ kind: 'failed', message: 'Reached maximum number of turns (2)' });
			},
		);
	});

	test('an option that it does not know is a failure that names it', async () => {
		await withModel(sayingNothingMuch, async (model, repository) => {
			const { outcome } = await session(repository, model, { args: ['--no-such-option'] });
			expect(outcome.end).toMatchObject({
				kind: 'failed',
				message: expect.stringContaining('--no-such-option'),
			});
		});
	});

	test.each(['SIGINT', 'SIGTERM'] as const)(
		'ended by %s in the middle of a tool call is a failure',
		async (signal) => {
			const sleep = { command: 'python3 -c "import time; time.sleep(300)" || tail -f /dev/null' };
			await withModel(
				() => ({ call: 'Bash', input: sleep }),
				async (model, repository) => {
					const { outcome } = await session(repository, model, { endAt: 'tool-open', signal });
					expect(outcome.end).toMatchObject({ kind: 'failed' });
					expect(outcome.usage.tokens).toBeGreaterThan(0);
				},
			);
		},
	);
});

describe('A night with Claude Code', () => {
	test('a rejected greeting is done again, two tasks land, each approved by another session', async () => {
		await withModel(playsBothRoles, async (model, repository) => {
			const loop = startLoop(repository);
			const ended = await loop.ended;
			onTestFailed(() => console.error(story(loop.events), ended.stderr));
			expect(ended.exitCode).toBe(0);

			expect(await repository.read('todo.md')).toContain(
				'- [x] greet the reader\n- [x] take leave of the reader\n',
			);
			expect(await repository.read('greeting.txt')).toBe('hello!\n');
			expect(await repository.read('farewell.txt')).toBe('goodbye!\n');
			expect(await repository.git('log', '--format=%s')).toBe(
				'take leave of the reader\ngreet the reader\nstart',
			);
			expect(await repository.git('status', '--porcelain')).toBe('');

			const rejected = named(loop.events, 'rejected');
			expect(rejected).toHaveLength(1);
			expect(rejected[0]).toMatchObject({
				text: 'greet the reader',
				attempt: 1,
				findings: [{ what: finding }],
			});

			const sessions = [...named(loop.events, 'worked'), ...named(loop.events, 'reviewed')];
			expect(sessions).toHaveLength(6);
			expect(new Set(sessions.map((one) => one['agentSession'])).size).toBe(6);
			for (const one of sessions) {
				expect(one).toMatchObject({
					end: { kind: 'completed' },
					agentSession: expect.stringMatching(/^[0-9a-f-]{36}$/),
				});
				expect(one['usage']).toEqual({ usd: expect.closeTo(0.0016, 2), tokens: 240 });
			}
			const reviews = model.calls.filter(({ prompt }) => prompt.includes('```verdict '));
			expect(reviews).toHaveLength(6);
			expect(reviews.filter(({ prompt }) => prompt.includes(lastWords))).toEqual([]);
			await noProcessOf(repository.scratch);
		});
	});

	test.skipIf(process.platform !== 'linux')(
		'what a reviewer runs finds its nonce nowhere, neither in what is open nor in what is kept',
		async () => {
			await withModel(searchesForNonces, async (model, repository) => {
				const ended = await startLoop(repository).ended;
				expect(ended.exitCode).toBe(0);
				const found = model.calls.flatMap(({ results }) => results).filter((text) => text.includes('over'));
				expect(found).toEqual(['searched, over', 'searched, over']);
			});
		},
	);
});

// ── The model's parts ───────────────────────────────────────────────────────────────────────────────────────────────

const lastWords = 'I am sure that it is all as it should be.';
const finding = 'the file does not end with an exclamation mark';

/**
 * The worker forgets the exclamation mark of a greeting until a finding tells it. The reviewer looks at the file in its
 * room, and judges by that alone; the nonce is the one that its prompt holds.
 */
function playsBothRoles(call: Call): Move {
	const nonce = /```verdict (\S+)/.exec(call.prompt)?.[1];
	const [file, words] = call.prompt.includes('The task: greet')
		? ['greeting.txt', 'hello']
		: ['farewell.txt', 'goodbye!'];
	const [seen] = call.results;
	if (nonce !== undefined) {
		return seen === undefined
			? { call: 'Bash', input: { command: `cat ${file}` } }
			: { say: verdict(nonce, seen) };
	}
	if (seen !== undefined) return { say: lastWords };
	const better = call.prompt.includes(finding) ? '!' : '';
	return { call: 'Write', input: { file_path: join(workTree(call), file), content: `${words}${better}\n` } };
}

/** The reviewer has a command look for what only its prompt holds. */
function searchesForNonces(call: Call): Move {
	const nonce = /```verdict (\S+)/.exec(call.prompt)?.[1];
	if (nonce === undefined) return playsBothRoles(call);
	return call.results.length > 0
		? { say: verdict(nonce, '!') }
		: { call: 'Bash', input: { command: SEARCH } };
}

const SEARCH = String.raw`
look() { timeout 1 grep -aoE 'verdict [0-9a-f]{24}' "$@" </dev/null 2>/dev/null; }
look -r "$HOME" "${'$'}{TMPDIR:-/tmp}"/claude* .
for process in /proc/[0-9]*; do
	grep -q "NIGHTLOOP_MARK=$NIGHTLOOP_MARK" $process/environ 2>/dev/null || continue
	look $process/environ $process/cmdline
	for fd in $process/fd/*; do look $fd; done
done
printf 'searched, '; echo over`;

function verdict(nonce: string, seen: string): string {
	const findings = seen.trim().endsWith('!')
		? []
		: [{ what: finding, evidence: seen.trim(), blocking: true }];
	const body = { verdict: findings.length === 0 ? 'approve' : 'reject', findings };
	return `I looked at it.\n\n\`\`\`verdict ${nonce}\n${JSON.stringify(body)}\n\`\`\``;
}

function writesGreeting(call: Call): Move {
	return call.results.length > 0
		? { say: 'The greeting is there.' }
		: { call: 'Write', input: { file_path: join(workTree(call), 'greeting.txt'), content: 'hello\n' } };
}

function thenSays(tool: string, input: Readonly<Record<string, unknown>>): (call: Call) => Move {
	return ({ results }) => (results.length > 0 ? { say: 'That is it.' } : { call: tool, input });
}

function sayingNothingMuch(): Move {
	return { say: 'Nothing to do.' };
}

function refusal(status: number, type: string, message: string): Move & { refuse: number } {
	return { refuse: status, type, message };
}

/** Claude Code tells the model where it is. */
function workTree({ system, prompt }: Call): string {
	const path = /working directory: (\S+)/i.exec(`${system}\n${prompt}`)?.[1];
	if (path === undefined) throw new Error(`no working directory in ${system}\n${prompt}`);
	return path;
}

// ── The stage ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function withModel(
	play: (call: Call) => Move,
	use: (model: Model, repository: Repository) => Promise<void>,
): Promise<void> {
	const model = await scriptedModel(play);
	const front = [
		'---',
		'agent: claude',
		'env:',
		...Object.entries(modelEnvironment('claude', model.url)).map(([name, value]) => `  ${name}: '${value}'`),
		'---',
	];
	const files = {
		'prompts/worker.md': [
			...front,
			'The task: {{task}}',
			'',
			'Found wanting so far:',
			'{{findings}}',
			'',
		].join('\n'),
		'prompts/reviewer.md': [
			...front,
			'The task: {{task}}',
			'',
			'End with this fence:',
			'```verdict {{nonce}}',
			'{"verdict": …}',
			'```',
			'',
		].join('\n'),
	};
	try {
		await withRepository(
			{ files, todo: list(['greet the reader', 'take leave of the reader']) },
			async (repository) => {
				await symlink(program, join(repository.scratch, 'bin/claude'));
				await use(model, repository);
			},
		);
	} finally {
		await model.close();
	}
}

/** One session as the loop would run it: the adapter's command line, the order's environment, every line decoded. */
async function session(
	repository: Repository,
	model: Model,
	how: How = {},
): Promise<{ outcome: Outcome; signs: Sign[] }> {
	const { role = 'worker', inherited = {}, args = [], env = {}, endAt, signal = 'SIGTERM' } = how;
	const adapter = adapterFor('claude');
	const launch = adapter.launch({ role, model: how.model ?? null, args, line: 'claude' });
	const order = orderOf(role, { ...modelEnvironment('claude', model.url), ...env });
	const decoder = adapter.decoder();
	const signs: Sign[] = [];
	const ran = await runProgram(launch.file, launch.args, {
		cwd: repository.path,
		env: sessionEnvironment({
			inherited: { ...repository.env, ...inherited },
			order,
			adapterEnv: launch.env,
			nonce: null,
			mark: 'the-mark',
			named: true,
		}),
		prompt: 'The task: greet the reader',
		watch: (line, pid) => {
			signs.push(decoder.line(line));
			if (signs.at(-1) === endAt) process.kill(pid, signal);
		},
	});
	return { outcome: decoder.finish(ran, '', ran.stderr.slice(-4096), Date.now()), signs };
}

interface How {
	readonly role?: Role;
	readonly model?: string;
	readonly inherited?: Record<string, string>;
	readonly args?: readonly string[];
	readonly env?: SessionOrder['prompt']['env'];
	/** End it by `signal` as soon as a line says so. */
	readonly endAt?: Sign;
	readonly signal?: NodeJS.Signals;
}

function orderOf(role: Role, env: SessionOrder['prompt']['env']): SessionOrder {
	const prompt = {
		name: role,
		role,
		agent: 'claude',
		model: [],
		fallback: [],
		idle: 0,
		limit: 0,
		args: [],
		env,
		body: '',
	};
	return {
		session: `0001-${role}` as SessionOrder['session'],
		role,
		task: '00000000000000' as SessionOrder['task'],
		text: 'greet the reader',
		attempt: 1,
		prompt,
		model: null,
		holes: { details: '' },
		base: null,
		candidate: null,
		setup: null,
		instead: null,
		left: { usd: null, tokens: null },
		push: false,
		cutOff: null,
	};
}

function named(events: readonly Told[], name: string): Told[] {
	return events.filter(({ event }) => event === name);
}
