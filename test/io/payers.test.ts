import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { payersOf, withPayer } from '../../src/io/payers.ts';
import type { Prompt, SessionReport } from '../../src/core/types.ts';
import { prompt } from '../helpers/fake-world.ts';

const NOTHING = {
	ANTHROPIC_API_KEY: null,
	ANTHROPIC_AUTH_TOKEN: null,
	CLAUDE_CODE_OAUTH_TOKEN: null,
	CLAUDE_CODE_USE_BEDROCK: null,
	CLAUDE_CODE_USE_VERTEX: null,
	CLAUDE_CODE_USE_FOUNDRY: null,
	CLAUDE_CONFIG_DIR: null,
};
const LOGIN = { '.claude/.credentials.json': 'not to be read' };
const HELPER = { '.claude/settings.json': '{"apiKeyHelper":"./key.sh"}' };
const OTHER = { '.claude/settings.json': '{"model":"opus"' };

test.each<[string, Record<string, string>, Prompt['env'], string | null]>([
	['nothing at all', {}, {}, null],
	['a login', LOGIN, {}, 'subscription'],
	['a key', {}, { ANTHROPIC_API_KEY: 'k' }, 'key'],
	['a key beside a login', LOGIN, { ANTHROPIC_API_KEY: 'k' }, 'key'],
	['an empty key beside a login', LOGIN, { ANTHROPIC_API_KEY: '' }, 'subscription'],
	['a long-lived token', {}, { CLAUDE_CODE_OAUTH_TOKEN: 't' }, 'subscription'],
	['a gateway’s token beside one', {}, { CLAUDE_CODE_OAUTH_TOKEN: 't', ANTHROPIC_AUTH_TOKEN: 't' }, 'key'],
	['a cloud', LOGIN, { CLAUDE_CODE_USE_BEDROCK: '1' }, 'key'],
	['a helper that prints a key', { ...LOGIN, ...HELPER }, {}, 'key'],
	['settings that cannot be read', { ...LOGIN, ...OTHER }, {}, 'subscription'],
])('claude with %s', (_name, files, env, pays) => {
	const [home, folder] = [folderWith(files), folderWith({})];
	const worker = prompt('worker', { agent: 'claude', env: { ...NOTHING, HOME: home, ...env } });
	expect(payersOf([worker], folder)).toEqual([{ agent: 'claude', pays }]);
});

test('claude takes the helper of the project, and the login of another folder', () => {
	const empty = folderWith({});
	const of = (env: Prompt['env'], folder: string) =>
		payersOf([prompt('worker', { agent: 'claude', env: { ...NOTHING, HOME: empty, ...env } })], folder);
	expect(of({}, folderWith(HELPER))).toEqual([{ agent: 'claude', pays: 'key' }]);
	const elsewhere = path.join(folderWith(LOGIN), '.claude');
	expect(of({ CLAUDE_CONFIG_DIR: elsewhere }, empty)).toEqual([{ agent: 'claude', pays: 'subscription' }]);
});

test('two prompts with different keys are not known, fallbacks are, and command lines are left out', () => {
	const folder = folderWith({});
	const env = { ...NOTHING, HOME: folder };
	const worker = prompt('worker', { agent: './own.sh', fallback: ['claude'], env });
	const reviewer = prompt('reviewer', { agent: 'claude', env: { ...env, ANTHROPIC_API_KEY: 'k' } });
	expect(payersOf([reviewer, reviewer], folder)).toEqual([{ agent: 'claude', pays: 'key' }]);
	expect(payersOf([worker, reviewer], folder)).toEqual([{ agent: 'claude', pays: null }]);
});

test('a pipe in place of its settings is not waited for', () => {
	const folder = folderWith({ '.claude/of-somebody': '' });
	execFileSync('mkfifo', [path.join(folder, '.claude', 'settings.json')]);
	const worker = prompt('worker', { agent: 'claude', env: { ...NOTHING, HOME: folder } });
	expect(payersOf([worker], folder)).toEqual([{ agent: 'claude', pays: null }]);
});

function folderWith(files: Readonly<Record<string, string>>): string {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'payers-'));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
		writeFileSync(path.join(folder, name), text);
	}
	return folder;
}

test('a session that does not tell is paid as it was found, any other as it tells', () => {
	const found = [{ agent: 'claude', pays: 'subscription' }] as const;
	const pays = (agent: string, told: 'key' | null) =>
		withPayer({ pays: told } as SessionReport, agent, found).pays;
	expect([pays('claude', null), pays('claude', 'key'), pays('codex', null)]).toEqual([
		'subscription',
		'key',
		null,
	]);
});
