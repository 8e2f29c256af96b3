import { existsSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { adapterFor } from '../core/agents/agents.ts';
import { jsonObject } from '../core/json.ts';
import type { AgentPayer, Payer, Prompt, SessionReport } from '../core/types.ts';

type Environment = Readonly<Record<string, string | null | undefined>>;

/**
 * Who pays for each agent that is known by name, as far as its environment and its login tell before the first session.
 * Only whether there is a key is looked at, never what it is. A command line pays as nobody knows.
 */
export function payersOf(prompts: readonly Prompt[], folder: string): AgentPayer[] {
	const found = new Map<string, Payer | null>();
	for (const { agent, fallback, env } of prompts)
		for (const each of [agent, ...fallback]) {
			const { name } = adapterFor(each);
			if (name === 'command') continue;
			const pays = PAYERS[name]?.({ ...process.env, ...env }, folder) ?? null;
			// Two prompts may give one agent different keys.
			found.set(name, found.has(name) && found.get(name) !== pays ? null : pays);
		}
	return [...found].map(([agent, pays]) => ({ agent, pays }));
}

/** With who pays by what was found, where the session itself did not tell. */
export function withPayer(report: SessionReport, agent: string, found: readonly AgentPayer[]): SessionReport {
	return { ...report, pays: report.pays ?? found.find((each) => each.agent === agent)?.pays ?? null };
}

/** Whether claude sends what is no key of its own to a cloud or a gateway, which bills it. */
function goesThroughGateway(env: Environment): boolean {
	return GATEWAYS.some((name) => isSet(env, name));
}

const GATEWAYS = [
	'CLAUDE_CODE_USE_BEDROCK',
	'CLAUDE_CODE_USE_VERTEX',
	'CLAUDE_CODE_USE_FOUNDRY',
	'ANTHROPIC_AUTH_TOKEN',
];

const PAYERS: Readonly<Record<string, (env: Environment, folder: string) => Payer | null>> = {
	// In this order it takes the first that is there; with -p a key in the environment is not asked about.
	claude: (env, folder) => {
		if (goesThroughGateway(env) || isSet(env, 'ANTHROPIC_API_KEY') || hasKeyHelper(env, folder)) return 'key';
		return isSet(env, 'CLAUDE_CODE_OAUTH_TOKEN') || isLoggedIn(env) ? 'subscription' : null;
	},
	// Which of the two it is logged in with stands beside the token itself, in a file that is none of ours.
	codex: (env) => (isSet(env, 'CODEX_API_KEY') ? 'key' : null),
	gemini: (env) => (isSet(env, 'GEMINI_API_KEY') || isSet(env, 'GOOGLE_API_KEY') ? 'key' : null),
};

function isSet(env: Environment, name: string): boolean {
	return Boolean(env[name]);
}

function hasKeyHelper(env: Environment, folder: string): boolean {
	const own = homeOf(env, 'CLAUDE_CONFIG_DIR', '.claude');
	const files = [
		path.join(own, 'settings.json'),
		path.join(folder, '.claude', 'settings.json'),
		path.join(folder, '.claude', 'settings.local.json'),
	];
	return files.some((file) => typeof jsonIn(file)['apiKeyHelper'] === 'string');
}

/** On macOS the login is in the keychain, which is not asked: that could open a dialog. */
function isLoggedIn(env: Environment): boolean {
	return existsSync(path.join(homeOf(env, 'CLAUDE_CONFIG_DIR', '.claude'), '.credentials.json'));
}

function homeOf(env: Environment, variable: string, name: string): string {
	return env[variable] || path.join(env['HOME'] || os.homedir(), name);
}

/**
 * What cannot be read says nothing: this is a guess for one line on the screen. A session may have left a pipe there, and who
 * reads that waits for ever.
 */
function jsonIn(file: string): Readonly<Record<string, unknown>> {
	try {
		return statSync(file).isFile() ? (jsonObject(readFileSync(file, 'utf8')) ?? {}) : {};
	} catch (error) {
		if (error instanceof Error && 'code' in error) return {};
		throw error;
	}
}
