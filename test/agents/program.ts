import { spawn } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** The version that the adapter was written against. */
const PACKAGE = '@anthropic-ai/claude-code@2.1.330';

/** The path of `claude`; installs it from npm under .cache/ where it is not there yet. */
export async function claudeProgram(): Promise<string> {
	const home = join(process.cwd(), '.cache/agents/claude');
	const program = join(home, 'node_modules/.bin/claude');
	if (!(await isThere(program))) {
		await mkdir(home, { recursive: true });
		await writeFile(join(home, 'package.json'), '{"private":true}\n');
		await execa('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', PACKAGE], { cwd: home });
	}
	return program;
}

/** How Claude Code is pointed at a scripted model, with a fake key, and kept from every other address. */
export function modelEnvironment(url: string): Record<string, string> {
	return {
		ANTHROPIC_BASE_URL: url,
		ANTHROPIC_API_KEY: 'sk-ant-not-a-key',
		CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
		DISABLE_TELEMETRY: '1',
		DISABLE_ERROR_REPORTING: '1',
		IS_SANDBOX: '1', // as root it refuses to skip permissions without it
	};
}

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
