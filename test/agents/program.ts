import { spawn } from 'node:child_process';
import { access, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Repository } from '../helpers/repository.ts';

export type AgentName = keyof typeof packages;

/** The versions that the adapters were written against. */
const packages = {
	claude: '@anthropic-ai/claude-code@2.1.330',
	codex: '@openai/codex@0.169.0',
	gemini: '@google/gemini-cli@0.61.0',
	opencode: 'opencode-ai@1.18.33',
	qwen: '@qwen-code/qwen-code@0.24.4',
	copilot: '@github/copilot@1.0.102',
};

/** The path of an agent's program; installs it from npm under .cache/ where it is not there yet. */
export async function agentProgram(name: AgentName): Promise<string> {
	const home = join(process.cwd(), '.cache/agents', name);
	const program = join(home, 'node_modules/.bin', name);
	if (!(await isThere(program))) {
		await mkdir(home, { recursive: true });
		await writeFile(join(home, 'package.json'), '{"private":true}\n');
		const words = ['install', '--no-fund', '--no-audit', '--loglevel=error', packages[name]];
		await execa('npm', words, { cwd: home });
	}
	return program;
}

/** Puts the agent on the PATH of the repository, and into its home the settings that point it at the scripted model. */
export async function setUp(name: AgentName, repository: Repository, url: string): Promise<void> {
	await symlink(await agentProgram(name), join(repository.scratch, 'bin', name));
	for (const [file, text] of Object.entries(settings[name]?.(url) ?? {})) {
		const path = join(repository.scratch, 'home', file);
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, text);
	}
}

/** How the agent gets at the scripted model, with a fake key, and is kept from every other address. */
export function modelEnvironment(name: AgentName, url: string): Record<string, string> {
	return environments[name](url);
}

const environments: Record<AgentName, (url: string) => Record<string, string>> = {
	claude: (url) => ({
		ANTHROPIC_BASE_URL: url,
		ANTHROPIC_API_KEY: 'sk-ant-not-a-key',
		CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
		DISABLE_TELEMETRY: '1',
		DISABLE_ERROR_REPORTING: '1',
		IS_SANDBOX: '1', // as root it refuses to skip permissions without it
	}),
	codex: () => ({ SCRIPTED_KEY: 'sk-not-a-key' }),
	gemini: (url) => ({ GEMINI_API_KEY: 'not-a-key', GOOGLE_GEMINI_BASE_URL: url }),
	opencode: () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' }),
	qwen: (url) => ({ OPENAI_API_KEY: 'not-a-key', OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'm1' }),
	copilot: (url) => ({
		COPILOT_OFFLINE: 'true',
		COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
		COPILOT_PROVIDER_API_KEY: 'not-a-key',
		COPILOT_MODEL: 'm1',
		COPILOT_PROVIDER_MAX_PROMPT_TOKENS: '100000',
		COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: '8000',
	}),
};

const settings: Partial<Record<AgentName, (url: string) => Record<string, string>>> = {
	codex: (url) => ({
		'.codex/config.toml': `
model = "gpt-5.5"
model_provider = "scripted"
[analytics]
enabled = false
[model_providers.scripted]
name = "scripted"
base_url = "${url}/v1"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
`,
	}),
	gemini: () => ({
		'.gemini/settings.json': JSON.stringify({
			security: { auth: { selectedType: 'gemini-api-key' } },
			privacy: { usageStatisticsEnabled: false },
			telemetry: { enabled: false },
			general: { enableAutoUpdate: false },
			model: { name: 'gemini-2.5-pro' },
		}),
	}),
	opencode: (url) => ({
		'.config/opencode/opencode.json': JSON.stringify({
			share: 'disabled',
			permission: 'ask', // what a person may well have, and nobody is there to answer
			model: 'scripted/m1',
			small_model: 'scripted/m1',
			provider: {
				scripted: {
					npm: '@ai-sdk/openai-compatible',
					name: 'scripted',
					options: { baseURL: `${url}/v1`, apiKey: 'not-a-key' },
					models: { m1: { name: 'm1', limit: { context: 200_000, output: 8000 } } },
				},
			},
		}),
	}),
	qwen: () => ({
		'.qwen/settings.json': JSON.stringify({
			security: { auth: { selectedType: 'openai' } },
			privacy: { usageStatisticsEnabled: false },
			general: { enableAutoUpdate: false },
		}),
	}),
};

/** Runs a program to its end, the prompt on stdin. `watch` sees each line of stdout as it comes. */
export async function runProgram(
	file: string,
	args: readonly string[],
	options: {
		cwd: string;
		env: Record<string, string>;
		prompt: string;
		watch?: (line: string, pid: number) => void;
	},
): Promise<{ code: number | null; signal: NodeJS.Signals | null; lines: string[]; stderr: string }> {
	const child = spawn(file, [...args], { cwd: options.cwd, env: options.env, stdio: 'pipe' });
	const lines: string[] = [];
	let rest = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		const parts = (rest + chunk).split('\n');
		rest = parts.pop() ?? '';
		for (const line of parts) {
			lines.push(line);
			options.watch?.(line, child.pid ?? 0);
		}
	});
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
	child.stdin.end(options.prompt);
	return new Promise((ended, failed) => {
		child.on('error', failed).on('close', (code, signal) => ended({ code, signal, lines, stderr }));
	});
}

async function isThere(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}
