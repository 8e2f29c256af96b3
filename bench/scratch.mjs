/** What the measurements share: a place outside of everything, stub agents, and a repository with a list to work off. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

export const MAIN = path.join(import.meta.dirname, '../dist/src/cli/main.js');
export const scratch = mkdtempSync(path.join(os.tmpdir(), 'nightloop-bench-'));
export const env = {
	PATH: process.env.PATH,
	HOME: scratch,
	XDG_CACHE_HOME: path.join(scratch, 'cache'),
	GIT_CONFIG_GLOBAL: path.join(scratch, 'gitconfig'),
	LC_ALL: 'C',
};
writeFileSync(
	env.GIT_CONFIG_GLOBAL,
	'[user]\n\tname = bench\n\temail = bench@localhost.invalid\n[gc]\n\tauto = 0\n',
);

/** What a reviewer does that finds nothing. */
export const APPROVES = `cat > /dev/null; printf '\`\`\`verdict %s\\n{"verdict":"approve","findings":[]}\\n\`\`\`\\n' "$NIGHTLOOP_NONCE"`;

export function removeScratch() {
	rmSync(scratch, { recursive: true, force: true });
}

export function newFolder() {
	return mkdtempSync(path.join(scratch, 'repo-'));
}

/** The file of a stub agent, for `sh`. */
export function stub(name, body) {
	const file = path.join(scratch, name);
	writeFileSync(file, `${body}\n`);
	return file;
}

/** Adds a list of tasks with the lines of its settings, and the prompts of two stubs, and commits all there is. */
export function commitWithList(
	folder,
	{ worker, agent = `sh ${worker}`, reviewer, judge = `sh ${reviewer}`, settings, tasks, after = 'true' },
) {
	const write = (name, text) => {
		mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
		writeFileSync(path.join(folder, name), text);
	};
	write('prompts/worker.md', `---\nagent: ${agent}\n---\n{{task}}\n`);
	write('prompts/reviewer.md', `---\nagent: ${judge}\n---\n{{nonce}} {{task}}\n`);
	write('work.txt', '');
	const list = Array.from({ length: tasks }, (_, n) => `- [ ] Task ${n}\n`).join('');
	write('todo.md', `---\n${settings.join('\n')}\n---\n${list}`);
	// A list that was saved just now is left in peace for a moment; this one was not.
	utimesSync(path.join(folder, 'todo.md'), new Date(0), new Date(0));
	const commands = `git init -q -b main && git add -A && git commit -q -m start && ${after}`;
	execFileSync('sh', ['-c', commands], { cwd: folder, env });
}

/** A command line before which nothing stands but what makes node tell its own peak memory and processor time when it exits. */
export function measured() {
	const hook = path.join(scratch, 'rss.cjs');
	writeFileSync(
		hook,
		`const { existsSync, readFileSync } = require('node:fs');
		process.on('exit', () => {
			const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
			// maxRSS begins with what the process had before its exec: the bench's own.
			const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
			const peak = Number(/VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? maxRSS);
			process.stderr.write(\`maxrss \${peak}\\ncpu \${userCPUTime + systemCPUTime}\\n\`);
		});`,
	);
	return `env NODE_OPTIONS='--require ${hook}'`;
}

/** In MB, of what a measured command wrote to stderr. */
export function peakIn(stderr) {
	return Math.round(Number(/maxrss (\d+)/.exec(stderr)?.[1] ?? 0) / 1024);
}

/** In ms, of the same. */
export function processorIn(stderr) {
	return Number(/cpu (\d+)/.exec(stderr)?.[1] ?? 0) / 1000;
}

/** What a run told with `--json`. */
export function eventsIn(stdout) {
	return stdout
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
}

/** The level of walls that was in force. */
export function levelIn(events) {
	return events.find(({ event }) => event === 'started').walls;
}

export function median(list) {
	return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
}
