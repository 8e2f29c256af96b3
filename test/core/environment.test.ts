import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { AGENT_EMAIL, checkEnvironment, sessionEnvironment } from '../../src/core/environment.ts';
import type {
	Candidate,
	CommitId,
	Role,
	SessionId,
	SessionOrder,
	TaskId,
	TreeId,
} from '../../src/core/types.ts';

const base = 'b'.repeat(40) as CommitId;
const candidate: Candidate = {
	commit: 'c'.repeat(40) as CommitId,
	tree: 'd'.repeat(40) as TreeId,
	base,
	head: base,
	changes: [],
	weakened: [],
};

function order(
	role: Role,
	more: Partial<SessionOrder> = {},
	env: Readonly<Record<string, string | null>> = {},
): SessionOrder {
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
	const session = `0007-${role}` as SessionId;
	const task = '00000000000000' as TaskId;
	return {
		session,
		role,
		task,
		text: 'make tea',
		attempt: 2,
		prompt,
		model: null,
		holes: { details: '' },
		base,
		candidate: null,
		setup: null,
		instead: null,
		left: { usd: null, tokens: null },
		push: false,
		cutOff: null,
		...more,
	};
}

function environment(parts: Partial<Parameters<typeof sessionEnvironment>[0]> = {}): Record<string, string> {
	return sessionEnvironment({
		inherited: {},
		order: order('worker'),
		adapterEnv: {},
		nonce: null,
		mark: 'm1',
		named: true,
		...parts,
	});
}

describe('A session’s environment', () => {
	test('tells it what it is', () => {
		expect(environment()).toMatchObject({
			NIGHTLOOP_ROLE: 'worker',
			NIGHTLOOP_TASK: 'make tea',
			NIGHTLOOP_ATTEMPT: '2',
			NIGHTLOOP_SESSION: '0007-worker',
			NIGHTLOOP_MARK: 'm1',
		});
	});

	test('keeps what was inherited, credentials and homes included', () => {
		const inherited = {
			PATH: '/bin',
			HOME: '/home/me',
			CODEX_HOME: '/x',
			CLAUDE_CONFIG_DIR: '/y',
			ANTHROPIC_API_KEY: 'k',
			CLAUDE_CODE_OAUTH_TOKEN: 't',
			NODE_OPTIONS: '--max-old-space-size=8000',
		};
		expect(environment({ inherited: { ...inherited, GONE: undefined } })).toMatchObject(inherited);
		expect(environment({ inherited: { GONE: undefined } })).not.toHaveProperty('GONE');
	});

	const marks =
		'CLAUDECODE CLAUDE_CODE_ENTRYPOINT CLAUDE_CODE_SSE_PORT CLAUDE_CODE_MESSAGING_TOKEN CODEX_SANDBOX GEMINI_CLI AGENT ' +
		'AI_AGENT QWEN_CODE COPILOT_CLI OPENCODE CURSOR_AGENT GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX FORCE_COLOR ' +
		'npm_lifecycle_event NIGHTLOOP_NONCE NIGHTLOOP_BASE NIGHTLOOP_CANDIDATE NIGHTLOOP_MODEL';
	test.each(marks.split(' '))('does not hold %s of what started the loop', (name) => {
		expect(environment({ inherited: { [name]: '1' } })).not.toHaveProperty(name);
	});

	test('says that the terminal is dumb only where there is none', () => {
		expect(environment()).toMatchObject({ TERM: 'dumb' });
		expect(environment({ inherited: { TERM: 'xterm' } })).toMatchObject({ TERM: 'xterm' });
	});

	test('lets the prompt have the last word over the adapter, and null remove', () => {
		const parts = {
			inherited: { KEY: 'k', A: 'inherited' },
			adapterEnv: { A: 'adapter', B: 'adapter', TERM: null },
		};
		const found = environment({
			...parts,
			order: order('worker', {}, { KEY: null, B: 'prompt', NIGHTLOOP_MARK: null }),
		});
		expect(found).toMatchObject({ A: 'adapter', B: 'prompt' });
		expect(found).not.toHaveProperty('KEY');
		expect(found).not.toHaveProperty('TERM');
	});

	test('carries the mark, whatever the prompt says', () => {
		expect(environment({ order: order('worker', {}, { NIGHTLOOP_MARK: null }) })).toMatchObject({
			NIGHTLOOP_MARK: 'm1',
		});
	});

	test('holds any task, NULs left out and the end of a huge one cut', () => {
		const task = (text: string) => environment({ order: order('worker', { text }) })['NIGHTLOOP_TASK'];
		expect(task('a\0b')).toBe('ab');
		expect(new TextEncoder().encode(task('€'.repeat(200_000))).length).toBeLessThan(128 * 1024 - 100);
	});
});

describe('A reviewer', () => {
	const reviewing = (named: boolean) =>
		environment({ order: order('reviewer', { candidate }), nonce: 'n1', named });

	test('learns what it reviews', () => {
		expect(reviewing(true)).toMatchObject({ NIGHTLOOP_BASE: base, NIGHTLOOP_CANDIDATE: candidate.commit });
	});

	test('that is a command line finds its nonce there', () =>
		expect(reviewing(false)).toMatchObject({ NIGHTLOOP_NONCE: 'n1' }));
	test('that is a named agent does not', () => expect(reviewing(true)).not.toHaveProperty('NIGHTLOOP_NONCE'));

	test('is the only one that learns any of it', () => {
		const worker = environment({ order: order('worker', { candidate }), nonce: 'n1', named: false });
		for (const name of ['NONCE', 'BASE', 'CANDIDATE']) expect(worker).not.toHaveProperty(`NIGHTLOOP_${name}`);
	});
});

describe('Git in a session', () => {
	test('commits in the agents’ name and asks nothing', () => {
		expect(environment({ inherited: { GIT_AUTHOR_EMAIL: 'me@here' } })).toMatchObject({
			GIT_AUTHOR_EMAIL: AGENT_EMAIL,
			GIT_COMMITTER_EMAIL: AGENT_EMAIL,
			GIT_TERMINAL_PROMPT: '0',
			GIT_EDITOR: 'true',
		});
	});

	const turnedOff = (found: Record<string, string>) =>
		Object.values(found).some((value) => value.includes('push-is-off'));

	test('pushes only where settings allow it, and a reviewer never', () => {
		expect(turnedOff(environment())).toBe(true);
		expect(turnedOff(environment({ order: order('worker', { push: true }) }))).toBe(false);
		expect(turnedOff(environment({ order: order('reviewer', { push: true }) }))).toBe(true);
	});

	test('keeps the configuration that the person hands down', () => {
		const inherited = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };
		expect(environment({ inherited })).toMatchObject({
			...inherited,
			GIT_CONFIG_COUNT: '2',
			GIT_CONFIG_VALUE_1: '',
		});
	});

	test('cannot push by path, URL, host or remote, says so, and fetches as ever', async () => {
		const scratch = await mkdtemp(join(tmpdir(), 'nightloop-environment-'));
		try {
			const { PATH } = process.env;
			const env = environment({ inherited: { PATH, HOME: scratch, GIT_CONFIG_NOSYSTEM: '1' } });
			const git = (...words: string[]) =>
				execa('git', words, { cwd: scratch, env, extendEnv: false, reject: false });
			await git('init', '--quiet', '--bare', 'theirs.git');
			await git('init', '--quiet', '-b', 'main', '.');
			await git('commit', '--quiet', '--allow-empty', '-m', 'mine');
			await git('remote', 'add', 'origin', './theirs.git');
			for (const to of [
				'origin',
				'./theirs.git',
				join(scratch, 'theirs.git'),
				'https://localhost:1/x',
				'host:x',
			]) {
				// git may die of SIGPIPE as it finds no such helper.
				const { failed, stderr } = await git('push', to, 'main');
				expect([failed, stderr]).toEqual([true, expect.stringContaining('nightloop-push-is-off')]);
			}
			expect((await git('fetch', 'origin')).exitCode).toBe(0);
			expect((await git('log', '-1', '--format=%an <%ae> %cn <%ce>')).stdout).toBe(
				'nightloop agent <agent@nightloop.invalid> nightloop agent <agent@nightloop.invalid>',
			);
		} finally {
			await rm(scratch, { recursive: true, force: true });
		}
	});
});

describe('A check’s environment', () => {
	const inherited = {
		LC_ALL: 'de_DE.UTF-8',
		API_KEY: 'k',
		CLAUDECODE: '1',
		GIT_DIR: '/x',
		GIT_AUTHOR_EMAIL: 'me@x',
		NONE: undefined,
	};
	const env = checkEnvironment(inherited, 'the mark');

	test('is the person’s, language and keys included', () =>
		expect(env).toMatchObject({ LC_ALL: 'de_DE.UTF-8', API_KEY: 'k' }));
	test('is not that of another agent or of a git hook', () =>
		expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['CLAUDECODE'])));
	test('points git nowhere else', () => expect(env['GIT_DIR']).toBeUndefined());
	test('keeps what a session wrote from pushing', () =>
		expect(env).toMatchObject({ GIT_CONFIG_COUNT: '1', GIT_CONFIG_VALUE_0: '' }));
	test('stamps what it commits, and carries the mark', () =>
		expect(env).toMatchObject({ GIT_AUTHOR_EMAIL: AGENT_EMAIL, NIGHTLOOP_MARK: 'the mark' }));
});
