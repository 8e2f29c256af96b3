import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Prompt, SessionId, SessionOrder } from '../../../src/core/types.ts';
import { sweep } from '../../../src/io/processes.ts';
import { markOf } from '../../../src/io/session/session-mark.ts';
import { endOf } from '../../../src/io/session/output-log.ts';
import { runSession } from '../../../src/io/session/session.ts';
import { prompt } from '../../helpers/fake-world.ts';
import { CANDIDATE } from '../../helpers/parts.ts';
import { scratch } from '../../helpers/scratch.ts';

const PATIENT: Partial<Prompt> = { idle: 60_000, limit: 60_000 };

describe('a session of a command', () => {
	test('gets its prompt on stdin, its folder, and what it is for in its environment', async () => {
		const { report, place } = await run(
			'cat; pwd; echo "$NIGHTLOOP_ROLE $NIGHTLOOP_TASK $NIGHTLOOP_ATTEMPT"',
			{
				body: 'Do {{task}} with {{memory}}.\n',
			},
		);
		expect(report.end).toEqual({ kind: 'completed' });
		expect(report.text).toBe(`Do Add with the notes.\n${place.project.folder}\nworker Add 2\n`);
	});

	test('leaves its prompt and its output for people to read, and nothing else', async () => {
		const { folder } = await run('echo out; echo err >&2', { body: 'Do {{task}}' });
		expect(readdirSync(folder).toSorted()).toEqual(['output.jsonl', 'prompt.md', 'stderr.log']);
		expect(read(folder, 'prompt.md')).toBe('Do Add');
		expect([read(folder, 'output.jsonl'), read(folder, 'stderr.log')]).toEqual(['out\n', 'err\n']);
	});

	test.each([
		['exit 3', { kind: 'failed', exitCode: 3, message: 'it said nothing' }],
		['echo broken >&2; exit 1', { kind: 'failed', exitCode: 1, message: 'broken' }],
		['kill -KILL $$', { kind: 'failed', exitCode: null, signal: 'SIGKILL' }],
		['no-such-agent-anywhere', { kind: 'failed', exitCode: 127 }],
		['echo "429 Too Many Requests" >&2; exit 1', { kind: 'limited', until: null }],
	])('tells how it ended: %s', async (line, end) => {
		expect((await run(line)).report.end).toMatchObject(end);
	});

	test('that shows no sign of life is idle, output of any kind being one', async () => {
		const { report } = await run('for n in 1 2 3 4; do echo $n; sleep 0.2; done; sleep 60', { idle: 500 });
		expect(report.end).toEqual({ kind: 'idle', ms: 500 });
		expect(report.text).toBe('1\n2\n3\n4\n');
	});

	test('that goes on for too long is over its time, however busy it is', async () => {
		const { report } = await run('while :; do echo x; sleep 0.05; done', { limit: 400 });
		expect(report.end).toEqual({ kind: 'overtime', ms: 400 });
	});

	test('that is asked to end does, and says why', async () => {
		const { report } = await run('sleep 60', {}, { interrupted: async () => 'dropped by hand' });
		expect(report.end).toEqual({ kind: 'stopped', why: 'dropped by hand' });
		expect(report.ms).toBeLessThan(5000);
	});

	test('that floods its output is cut to its last part', async () => {
		const { report } = await run('head -c 3000000 /dev/zero; echo; echo done');
		expect(report.text.length).toBe(1024 * 1024);
		expect(report.text.endsWith('\ndone\n')).toBe(true);
	});
});

test('the tools of a session are told of while they are used; files by their names in its folder', async () => {
	const told: (string | null)[] = [];
	const item = { id: '1', type: 'file_change', changes: [{ path: 'FOLDER/src/a.ts' }] };
	const line = JSON.stringify({ type: 'item.started', item });
	const { report } = await run(
		'codex',
		{},
		{
			program: codex(`echo '${line}' | sed "s|FOLDER|$PWD|"; sleep 60`),
			onTool: (tool) => told.push(tool),
			interrupted: async () => (told.includes('patch src/a.ts') ? 'it was seen' : null),
		},
	);
	expect(report.end).toEqual({ kind: 'stopped', why: 'it was seen' });
	expect(told.at(-1)).toBeNull();
});

describe('a session that says more than is kept', () => {
	const FLOOD = 'head -c 70000000 /dev/zero; echo; sleep 0.5';

	test('has no last words where a cut fell into them: what is missing could be a rejection', async () => {
		const { report, folder } = await run(`${FLOOD}; echo done`);
		expect(report.end).toEqual({ kind: 'completed' });
		expect(report.text).toContain('not known for certain');
		expect(statSync(path.join(folder, 'output.jsonl')).size).toBeLessThan(17_000_000);
		expect(endOf(path.join(folder, 'output.jsonl'), 6)).toBe('\ndone\n');
	});

	test('has them where enough came after it', async () => {
		const { report } = await run(`${FLOOD}; head -c 2000000 /dev/zero; echo done`);
		expect(report.text.endsWith('\0done\n')).toBe(true);
	});

	test.each([
		['has them where it told its result after it', `${FLOOD}; result`, 'all done'],
		['has none where it told its result before it', `result; ${FLOOD}`, 'not known for certain'],
	])('line by line %s', async (_title, what, text) => {
		const program = `#!/bin/sh
			result() { echo '{"type":"result","subtype":"success","is_error":false,"result":"all done"}'; }
			cat > /dev/null; ${what}`;
		const { report } = await run('claude', {}, { program });
		expect(report.end).toEqual({ kind: 'completed' });
		expect(report.text).toContain(text);
	});
});

describe('a reviewer that speaks in lines', () => {
	const said = async (what: string) =>
		(await review('codex', { body: 'NONCE={{nonce}}\n' }, codex(what))).report;

	test('has said what it said last', async () => {
		const report = await said('say "$REJECT"; say "$REJECT and more"; over');
		expect([report.end.kind, report.text]).toEqual(['completed', expect.stringContaining('and more')]);
	});

	test('that breaks down after its last words has not come to its end', async () => {
		expect((await said('say "$APPROVE"; over; exit 255')).end).toMatchObject({
			kind: 'failed',
			exitCode: 255,
		});
		expect((await said('say "$APPROVE"; over; kill -SEGV $$')).end).toMatchObject({ signal: 'SIGSEGV' });
	});

	test.each([
		['of which a later one takes back an earlier one', 'say "$REJECT"; over; say "$APPROVE"; over'],
		['of which one cannot be read', 'say "$UNREADABLE"; say "$APPROVE"; over'],
	])(
		'has no verdict where it gave two %s: code that it ran may have written the other',
		async (_title, what) => {
			expect((await said(what)).text).toContain('more than one verdict');
		},
	);

	test('may say its approval twice', async () => {
		expect((await said('say "$APPROVE"; say "Again: $APPROVE"; over')).text).toContain('Again');
	});

	test.each([
		['too long to be read', `printf '{"x":"'; head -c 5000000 /dev/zero | tr '\\0' x; echo '"}'`],
		['taken away again', `sleep 0.3; : >"/proc/$$/fd/1"`],
	])('has no last words where a line after them was %s', async (_title, what) => {
		expect((await said(`say "$APPROVE"; ${what}; over`)).text).toContain('not known for certain');
	});

	test('has them where such a line came before them', async () => {
		const long = `printf '{"x":"'; head -c 5000000 /dev/zero | tr '\\0' x; echo '"}'`;
		expect((await said(`${long}; say "$APPROVE"; over`)).text).toContain('"approve"');
	});
});

describe('the nonce', () => {
	test('of a reviewer is in its prompt and its environment, and in no file that stays', async () => {
		const line = 'cat; echo "$NIGHTLOOP_NONCE"; echo "$NIGHTLOOP_NONCE" >&2';
		const { report, folder } = await review(line, { body: 'Say {{nonce}}\n' });
		expect(report.nonce).toMatch(/^[0-9a-f]{24}$/);
		expect(report.text).toBe(`Say ${report.nonce}\n${report.nonce}\n`);
		const files = readdirSync(folder).map((name) => read(folder, name));
		expect(files.filter((text) => text.includes(report.nonce))).toEqual([]);
		expect(files.filter((text) => text.includes('#'.repeat(24)))).toHaveLength(3);
	});

	test('is another one each time, and none of a worker’s business', async () => {
		const [one, other] = [await review('true'), await review('true')];
		expect(one.report.nonce).not.toBe(other.report.nonce);
		expect((await run('echo "[$NIGHTLOOP_NONCE]"')).report.text).toBe('[]\n');
	});
});

describe('a session of a named agent', () => {
	const CLAUDE = `#!/bin/sh
cat >/dev/null
[ "$1" = -p ] || exit 9
echo '{"type":"system","subtype":"init","session_id":"s1","model":"claude-x"}'
echo 'not json'
echo '{"type":"result","subtype":"success","is_error":false,"result":"all done","session_id":"s1","total_cost_usd":0.25,"usage":{"input_tokens":10,"output_tokens":5}}'
`;

	test('is read line by line: its last words, what it used, its own name', async () => {
		const { report } = await run('claude', {}, { program: CLAUDE });
		expect(report).toMatchObject({
			end: { kind: 'completed' },
			text: 'all done',
			usage: { usd: 0.25 },
			agentSession: 's1',
			model: 'claude-x',
		});
		expect(report.usage.tokens).toBeGreaterThanOrEqual(15);
	});

	const CODEX = (...lines: readonly string[]) =>
		`#!/bin/sh\ncat >/dev/null\n${lines.map((line) => `echo '${line}'\n`).join('')}exec sleep 60\n`;
	const RETRYING = '{"type":"error","message":"Reconnecting... 1/5 (Connection failed: refused)"}';
	const DONE = '{"type":"turn.completed","usage":{}}';

	test('that retries for ever is an outage when its patience is over, for that is no progress', async () => {
		const { report } = await run('codex', { idle: 1500 }, { program: CODEX(RETRYING) });
		expect(report.end).toEqual({ kind: 'outage', message: 'Connection failed: refused' });
	});

	test('that says nothing is idle', async () => {
		const { report } = await run('codex', { idle: 1500 }, { program: CODEX() });
		expect(report.end).toEqual({ kind: 'idle', ms: 1500 });
	});

	test('that has told its result and is then asked to stop has completed', async () => {
		const interrupted = later('a person');
		const { report } = await run('codex', {}, { program: CODEX(DONE), interrupted });
		expect(report.end).toEqual({ kind: 'completed' });
	});

	test('that waits in the background after its result is given the time of one that is at work', async () => {
		const background = '{"type":"system","subtype":"background_tasks_changed","tasks":[{}]}';
		const result = '{"type":"result","subtype":"success","is_error":false,"result":"so far"}';
		const program = CODEX(background, result);
		const started = performance.now();
		const { report } = await run('claude', { idle: 2500 }, { program });
		expect(report).toMatchObject({ end: { kind: 'completed' }, text: 'so far' });
		expect(performance.now() - started).toBeGreaterThan(2500);
		const stopped = await run('claude', {}, { program, interrupted: later('a person') });
		expect(stopped.report.end).toEqual({ kind: 'stopped', why: 'a person' });
	});

	const SPENDING = `#!/bin/sh
cat >/dev/null
echo '{"type":"system","subtype":"init","session_id":"s1","model":"claude-x"}'
for turn in 1 2 3; do
	echo '{"type":"assistant","message":{"id":"m'$turn'","content":[{"type":"text","text":"on it"}],"usage":{"input_tokens":400,"output_tokens":100}}}'
done
exec sleep 300
`;

	test('is ended as soon as it has used the tokens that are left', async () => {
		const { report } = await run(
			'claude',
			{},
			{ program: SPENDING, order: { left: { usd: null, tokens: 1500 } } },
		);
		expect(report.end).toEqual({ kind: 'stopped', why: 'the budget is used up' });
		expect(report.usage.tokens).toBe(1500);
	});

	test('that ends by itself at what it may cost is none that failed', async () => {
		const result =
			'{"type":"result","subtype":"error_max_budget_usd","is_error":true,"session_id":"s1","total_cost_usd":0.52,"usage":{}}';
		const program = `#!/bin/sh\ncat >/dev/null\necho '${result}'\nexit 1\n`;
		const of = async (usd: number | null) =>
			(await run('claude', {}, { program, order: { left: { usd, tokens: null } } })).report;
		expect((await of(0.5)).end).toEqual({ kind: 'stopped', why: 'the budget is used up' });
		expect((await of(0.6)).end.kind).toBe('failed');
		expect((await of(null)).end.kind).toBe('failed');
	});

	test('is an outage where its program is not found: nobody’s fault', async () => {
		const { report } = await run('claude', { env: { PATH: '/nowhere' } });
		expect(report.end).toMatchObject({ kind: 'outage', message: 'claude was not found' });
	});
});

test('the mark of a work tree stays the same for its life', async () => {
	const { project } = await scratch();
	expect(markOf(project)).toMatch(/^[0-9a-f-]{36}$/);
	expect(markOf(project)).toBe(markOf(project));
});

test.each(['', 'HOME', 'PATH=/usr/bin', '0'.repeat(36)])(
	'a mark that was damaged (%j) is made anew',
	async (damaged) => {
		const { project } = await scratch();
		const first = markOf(project);
		writeFileSync(path.join(project.state, 'mark'), damaged);
		expect(markOf(project)).toMatch(/^[0-9a-f-]{36}$/);
		expect([damaged, first]).not.toContain(markOf(project));
		// Nothing is looked for, and nothing ended, by anything else.
		await expect(sweep(damaged)).rejects.toThrow('not a mark of ours');
	},
);

/** A reason to stop, a second from now. */
function later(why: string): () => Promise<string | null> {
	const at = performance.now() + 1000;
	return async () => (performance.now() > at ? why : null);
}

interface More {
	readonly interrupted?: () => Promise<string | null>;
	readonly onTool?: (tool: string | null) => void;
	/** A script that is found by the agent's name. */
	readonly program?: string;
	readonly order?: Partial<SessionOrder>;
}

async function run(
	agent: string,
	more: Partial<Prompt> = {},
	{ interrupted, onTool, program, order = {} }: More = {},
) {
	const place = await scratch();
	const { project } = place;
	const mark = markOf(project);
	onTestFinished(async () => void (await sweep(mark)));
	const env: Record<string, string> = {};
	if (program !== undefined) {
		place.write(`../bin/${agent}`, program);
		chmodSync(path.join(place.around, 'bin', agent), 0o755);
		env['PATH'] = `${path.join(place.around, 'bin')}:${process.env['PATH']}`;
	}
	const full = orderOf({ prompt: prompt('worker', { ...PATIENT, agent, env, ...more }), ...order });
	const report = await runSession(full, {
		project,
		folder: project.folder,
		enclosure: null,
		memory: 'the notes',
		mark,
		interrupted: interrupted ?? (async () => null),
		onTool,
	});
	const folder = path.join(project.logs, 'sessions', full.session);
	expect(existsSync(folder)).toBe(true);
	return { report, place, folder };
}

async function review(agent: string, more: Partial<Prompt> = {}, program?: string) {
	const session = '0002-reviewer' as SessionId;
	return run(agent, more, {
		...(program === undefined ? {} : { program }),
		order: { role: 'reviewer', session, candidate: CANDIDATE, base: CANDIDATE.base },
	});
}

/** A program that speaks as codex does. */
function codex(what: string): string {
	return `#!/bin/sh
		nonce=$(sed -n 's/NONCE=//p')
		fence() { printf '%s\\\\n\`\`\`verdict %s\\\\n%s\\\\n\`\`\`' "$2" "$nonce" "$1"; }
		say() { printf '{"type":"item.completed","item":{"id":"1","type":"agent_message","text":"%s"}}\\n' "$1"; }
		over() { echo '{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":1}}'; }
		APPROVE=$(fence '{\\"verdict\\":\\"approve\\",\\"findings\\":[]}')
		REJECT=$(fence '{\\"verdict\\":\\"reject\\",\\"findings\\":[{\\"what\\":\\"bad\\"}]}')
		UNREADABLE=$(fence '{\\"verdict\\":')
		${what}`;
}

function orderOf(more: Partial<SessionOrder>): SessionOrder {
	return {
		session: '0001-worker' as SessionId,
		role: 'worker',
		task: '00000000000001' as SessionOrder['task'],
		text: 'Add',
		attempt: 2,
		prompt: prompt('worker'),
		model: null,
		holes: { task: 'Add', details: '' },
		base: null,
		candidate: null,
		setup: null,
		instead: null,
		left: { usd: null, tokens: null },
		push: false,
		cutOff: null,
		...more,
	};
}

function read(folder: string, name: string): string {
	return readFileSync(path.join(folder, name), 'utf8');
}
