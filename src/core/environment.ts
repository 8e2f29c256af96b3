import { isAuthor } from './notes.ts';
import { cut } from './plain.ts';
import type { SessionOrder } from './types.ts';

type Overlay = Readonly<Record<string, string | null>>;

/** The identity that commits made within a session carry: they are known by it. */
export const AGENT_EMAIL = 'agent@nightloop.invalid';
const AGENT_NAME = 'nightloop agent';

/**
 * The whole environment of a session: what the loop inherited, less what marks it as running inside another agent, test
 * runner or git hook (credentials and homes stay), then the adapter's, then the order's, then the prompt's own. `named`:
 * the agent has an adapter of its own, so its nonce stands in the prompt alone. `mark` finds the session's processes.
 */
export function sessionEnvironment(input: {
	inherited: Inherited;
	order: SessionOrder;
	adapterEnv: Overlay;
	nonce: string | null;
	mark: string;
	named: boolean;
}): Record<string, string> {
	const { inherited, order, adapterEnv, nonce, mark, named } = input;
	const base = withoutMarks(inherited);
	return merged([
		{ TERM: 'dumb', ...base },
		adapterEnv,
		orderEnvironment(order, named ? null : nonce),
		gitEnvironment,
		order.push && isAuthor(order.role) ? {} : noPush(base),
		order.prompt.env,
		{ NIGHTLOOP_MARK: mark }, // the last word: no prompt may make a session's processes impossible to find
	]);
}

/**
 * The whole environment of a check: the person's own, language included, so that it does what it does in their terminal;
 * stamped like a session's and kept from pushing, as it runs what a session wrote.
 */
export function checkEnvironment(inherited: Inherited, mark: string): Record<string, string> {
	const base = withoutMarks(inherited);
	return merged([base, gitEnvironment, noPush(base), { NIGHTLOOP_MARK: mark }]);
}

type Inherited = Readonly<Record<string, string | undefined>>;

function withoutMarks(inherited: Inherited): Inherited {
	return Object.fromEntries(Object.entries(inherited).filter(([name]) => !scrubbed.has(name)));
}

/** The later one wins; null and undefined remove. */
function merged(
	layers: readonly Readonly<Record<string, string | null | undefined>>[],
): Record<string, string> {
	const all = Object.fromEntries(layers.flatMap((layer) => Object.entries(layer)));
	return Object.fromEntries(
		Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
	);
}

/** The kernel refuses to start a program with a variable of 128 KiB or more; a UTF-16 unit is up to 3 bytes. */
const LONGEST_TASK = 30_000;

function orderEnvironment(order: SessionOrder, nonce: string | null): Overlay {
	const reviewer = order.role === 'reviewer';
	return {
		NIGHTLOOP_ROLE: order.role,
		NIGHTLOOP_TASK: cut(order.text.replaceAll('\0', ''), LONGEST_TASK), // a variable cannot hold a NUL
		NIGHTLOOP_ATTEMPT: String(order.attempt),
		NIGHTLOOP_SESSION: order.session,
		NIGHTLOOP_NONCE: reviewer ? nonce : null,
		NIGHTLOOP_BASE: reviewer ? order.base : null,
		NIGHTLOOP_CANDIDATE: reviewer && order.candidate ? order.candidate.commit : null,
	};
}

const gitEnvironment: Overlay = {
	GIT_AUTHOR_NAME: AGENT_NAME,
	GIT_AUTHOR_EMAIL: AGENT_EMAIL,
	GIT_COMMITTER_NAME: AGENT_NAME,
	GIT_COMMITTER_EMAIL: AGENT_EMAIL,
	GIT_TERMINAL_PROMPT: '0',
	GIT_EDITOR: 'true', // takes every proposed text as it is, where an editor would wait for ever
	GIT_SEQUENCE_EDITOR: 'true',
};

/** What git shows when a push is tried: `'remote-nightloop-push-is-off' is not a git command` (2.39). */
const DEAD_URL = 'nightloop-push-is-off://';

/**
 * Every push URL gets a dead prefix (an empty `pushInsteadOf` matches all); fetching goes on. Configuration that
 * the person hands down in the same way is kept in front of it.
 */
function noPush(base: Readonly<Record<string, string | undefined>>): Overlay {
	const count = base['GIT_CONFIG_COUNT'] ?? '';
	const index = /^\d+$/.test(count) ? Number(count) : 0;
	return {
		GIT_CONFIG_COUNT: String(index + 1),
		[`GIT_CONFIG_KEY_${index}`]: `url.${DEAD_URL}.pushInsteadOf`,
		[`GIT_CONFIG_VALUE_${index}`]: '',
	};
}

/** What other agents set in the shells that they open. By exact name: credentials and homes are spelled alike. */
const agentMarks = `
	CLAUDECODE CLAUDE_CODE CLAUDE_CODE_ENTRYPOINT CLAUDE_CODE_SSE_PORT CLAUDE_CODE_CHILD_NOTES_DIR
	CLAUDE_CODE_CHILD_SESSION CLAUDE_CODE_EXECPATH CLAUDE_CODE_MESSAGING_SOCKET CLAUDE_CODE_MESSAGING_TOKEN
	CLAUDE_CODE_SESSION_ATTENDED CLAUDE_CODE_SESSION_ID CLAUDE_EFFORT CLAUDE_PID
	CODEX_SANDBOX CODEX_SANDBOX_NETWORK_DISABLED CODEX_CI CODEX_THREAD_ID GEMINI_CLI OPENCODE OPENCODE_CLIENT QWEN_CODE
	COPILOT_CLI CURSOR_AGENT CURSOR_TRACE_ID ANTIGRAVITY_AGENT AUGMENT_AGENT AGENT AI_AGENT`;

/** Of a git hook, alias or rebase that started the loop (`git rev-parse --local-env-vars` lists most of them). */
const gitMarks = `
	GIT_DIR GIT_WORK_TREE GIT_IMPLICIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_PREFIX
	GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_QUARANTINE_PATH GIT_NAMESPACE GIT_GRAFT_FILE GIT_SHALLOW_FILE GIT_CONFIG
	GIT_CONFIG_PARAMETERS GIT_NO_REPLACE_OBJECTS GIT_REPLACE_REF_BASE GIT_AUTHOR_DATE GIT_COMMITTER_DATE`;

/** Of the npm that started the loop: its package is not the one that is worked on. */
const npmMarks = `
	INIT_CWD npm_command npm_lifecycle_event npm_lifecycle_script npm_config_local_prefix npm_package_json
	npm_package_name npm_package_version`;

/** Colours forced on a terminal that is not there: output goes to files. And one of our own, of a loop in a loop. */
const otherMarks = 'FORCE_COLOR CLICOLOR_FORCE NIGHTLOOP_MODEL';

const scrubbed: ReadonlySet<string> = new Set(
	[agentMarks, gitMarks, npmMarks, otherMarks].join(' ').trim().split(/\s+/),
);
