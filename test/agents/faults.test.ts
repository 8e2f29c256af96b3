import { describe, expect, onTestFailed, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { startLoop, story, type Loop, type Told } from '../helpers/nightloop.ts';
import { withAgents } from './night.ts';
import type { AgentName } from './program.ts';
import type { Move, Refusal } from './scripted-model.ts';

/** What the loop is to make of it; `silent`: the agent tries again for minutes and says nothing, so that idle ends it. */
type Class = 'limited' | 'outage' | 'auth' | 'silent';

/** `refused`: nobody listens at the address. */
type Fault = Move | 'refused';

const inAnHour = Math.floor(Date.now() / 60_000) * 60_000 + 3_600_000;

const refusal = (
	refuse: number,
	type: string,
	message: string,
	headers: Record<string, string> = {},
): Refusal => ({
	refuse,
	type,
	message,
	headers,
});

const FAULTS: Readonly<Record<string, Fault>> = {
	'a wrong key': refusal(401, 'authentication_error', 'invalid x-api-key'),
	'a rate limit': refusal(429, 'rate_limit_error', 'This request would exceed your rate limit'),
	'a rate limit for two seconds': refusal(
		429,
		'rate_limit_error',
		'This request would exceed your rate limit',
		{
			'retry-after': '2',
		},
	),
	'a broken provider': refusal(500, 'api_error', 'Internal server error'),
	'an overloaded provider': refusal(529, 'overloaded_error', 'Overloaded'),
	'nobody at the address': 'refused',
	'no answer': { fault: 'hang' },
	'an answer that stops half way': { fault: 'stall' },
	'a connection that ends half way': { fault: 'cut' },
};

const PROVIDERS: Readonly<
	Record<string, readonly [claude: Class, codex: Class, gemini: Class, opencode: Class]>
> = {
	'a wrong key': ['auth', 'auth', 'auth', 'auth'],
	'a rate limit': ['limited', 'outage', 'silent', 'silent'],
	'a rate limit for two seconds': ['limited', 'outage', 'silent', 'limited'],
	'a broken provider': ['outage', 'outage', 'silent', 'silent'],
	'an overloaded provider': ['outage', 'outage', 'silent', 'silent'],
	'nobody at the address': ['outage', 'outage', 'silent', 'silent'],
	'no answer': ['silent', 'silent', 'silent', 'silent'],
	'an answer that stops half way': ['silent', 'silent', 'silent', 'silent'],
	'a connection that ends half way': ['outage', 'outage', 'outage', 'outage'],
};

/** What each says of a plan that is used up: by headers, in the body, or by a kind of quota. */
const USED_UP: Readonly<Record<'claude' | 'codex' | 'gemini', Refusal>> = {
	claude: refusal(429, 'rate_limit_error', 'Usage limit', {
		'anthropic-ratelimit-unified-status': 'rejected',
		'anthropic-ratelimit-unified-reset': String(inAnHour / 1000),
		'anthropic-ratelimit-unified-representative-claim': 'five_hour',
		'anthropic-ratelimit-unified-5h-status': 'rejected',
		'anthropic-ratelimit-unified-5h-reset': String(inAnHour / 1000),
		'anthropic-ratelimit-unified-5h-utilization': '1.0',
	}),
	codex: {
		...refusal(429, 'usage_limit_reached', 'The usage limit has been reached'),
		more: { plan_type: 'plus', resets_at: inAnHour / 1000 },
	},
	gemini: {
		...refusal(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota'),
		more: {
			details: [
				{
					'@type': 'type.googleapis.com/google.rpc.QuotaFailure',
					violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }],
				},
			],
		},
	},
};

/** By default those two whose retries end soon, and one fault of the others. */
const everything = process.env['NIGHTLOOP_AGENTS'] === 'all';
const AGENTS = ['claude', 'codex', 'gemini', 'opencode'] as const;

describe.each(AGENTS)('%s turned away', (name) => {
	const quick = name === 'claude' || name === 'codex';
	const known = Object.entries(PROVIDERS)
		.map(([fault, classes]) => [fault, classes[AGENTS.indexOf(name)] ?? 'silent'] as const)
		.filter(([fault]) => everything || quick || fault === 'a wrong key');
	test.each(known)('by %s: %s', (fault, kind) => turnedAway(name, FAULTS[fault]!, kind));
});

test('claude at the limit of its plan waits until the reset', () =>
	turnedAway('claude', USED_UP.claude, 'limited', inAnHour, {
		CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-not-a-token',
		ANTHROPIC_API_KEY: null,
	}));

test('codex at the limit of its plan waits until the reset', () =>
	turnedAway('codex', USED_UP.codex, 'limited', inAnHour));

test.runIf(everything)('gemini at the limit of its day waits, and looks again', () =>
	turnedAway('gemini', USED_UP.gemini, 'limited'),
);

/** The loop as far as its first wait: the end is of the right kind, the wait is as long as it should be, nothing is spent. */
async function turnedAway(
	name: AgentName,
	fault: Fault,
	kind: Class,
	until: number | null = null,
	env: Readonly<Record<string, string | null>> = {},
): Promise<void> {
	const short = name === 'opencode' ? '20s' : '8s'; // it takes a while to begin
	const idle = kind === 'silent' || fault === 'refused' ? short : '2m';
	const cast = {
		worker: name,
		reviewer: name,
		tasks: ['greet the reader'],
		ofWorker: [`idle: ${idle}`],
		env,
	};
	const move: Move = fault === 'refused' ? { say: 'not there' } : fault;
	await withAgents(
		cast,
		() => move,
		async (model, repository) => {
			if (fault === 'refused') await model.close();
			const before = await repository.read('todo.md');
			const loop = startLoop(repository);
			onTestFailed(() => console.error(story(loop.events)));
			const worked = await told(loop, 'worked');
			expect(worked['end']).toMatchObject({ kind: kind === 'silent' ? 'idle' : kind });
			expect(model.calls.length > 0).toBe(fault !== 'refused');
			if (kind !== 'silent') expectWait(await told(loop, 'waiting'), kind, until);
			loop.kill('SIGTERM');
			expect((await loop.ended).exitCode).toBe(143);
			expect(loop.events.filter(({ event }) => event === 'rejected' || event === 'landed')).toEqual([]);
			expect(loop.events.filter(({ event, attempt }) => event === 'opened' && attempt !== 1)).toEqual([]);
			expect(await repository.read('todo.md')).toBe(before);
			expect(await repository.git('log', '--format=%s')).toBe('start');
		},
	);
}

/** Between the two, in ms from its beginning: a grace after a reset, a quarter of an hour without one, a jitter of a quarter. */
const WAITS = { limited: [900_000, 900_000], outage: [30_000, 37_500], auth: [600_000, 600_000] } as const;

function expectWait(waiting: Told, kind: Exclude<Class, 'silent'>, until: number | null): void {
	expect(waiting['for']).toMatchObject({ kind: kind === 'limited' ? 'limit' : kind });
	const end = Number(waiting['until']);
	if (until !== null) return expect(end).toBe(until + 90_000);
	const ms = end - Date.parse(waiting.at);
	const [shortest, longest] = WAITS[kind];
	expect(ms).toBeGreaterThan(shortest - 1000);
	expect(ms).toBeLessThanOrEqual(longest);
}

/** Real programs take their time, on a busy machine more of it. */
async function told(loop: Loop, name: string): Promise<Told> {
	const find = () => loop.events.find(({ event }) => event === name);
	await eventually(
		() => find() !== undefined,
		() => `"${name}" of\n${story(loop.events)}`,
		150_000,
	);
	return find()!;
}
