/**
 * The scripted agent: `node agent.js SCRIPT.json`, for any role. It reads its prompt from stdin, takes role, task,
 * attempt, session and nonce from the environment, finds the first scene of the script that fits, and acts it out.
 *
 *     {"scenes": [
 *       {"role": "worker", "task": "part of the task's text", "attempt": 1, "do": [
 *         {"write": {"path": "src/a.js", "text": "..."}},   folders are made; "append" likewise
 *         {"delete": "path"},
 *         {"run": "shell command"},                         its output goes to stderr; it must succeed
 *         {"sleep": "200ms"},                               or s, m
 *         {"say": "text"},                                  a line of the final message, on stdout
 *         {"spill": {"bytes": 1000000, "char": "x"}},       so much on stdout, without a line end
 *         {"hang": true},                                   for ever
 *         {"exit": 3},                                      at once, with this code
 *         {"kill": "SIGKILL"},                              itself
 *         {"status": "blocked", "reason": "..."}            a worker's honest exit
 *       ]},
 *       {"role": "reviewer", "do": [
 *         {"verdict": "reject", "findings": [{"what": "...", "evidence": "..."}]},
 *         {"fence": "raw text of a verdict fence with the right nonce"}
 *       ]}
 *     ]}
 *
 * A scene may also name its `session` (`0002-reviewer`) or a part of its `prompt`. Texts may hold `{{nonce}}`, `{{task}}`,
 * `{{attempt}}` and `{{prompt}}`. Exit code 2 and one line on stderr: a script that cannot be read, or no scene that fits.
 */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UserError } from '../core/errors.ts';
import { act } from './act.ts';
import { chooseScene, readScript, type Who } from './scenes.ts';

try {
	const scenes = readScript(await readFile(process.argv[2] ?? '', 'utf8'));
	const who = whoami(await text(process.stdin));
	const scene = chooseScene(scenes, who);
	if (scene === null) {
		throw noScene(who);
	}
	process.exitCode = await act(scene.do, who);
} catch (error) {
	process.stderr.write(`scripted agent: ${complaint(error)}\n`);
	process.exitCode = 2;
}

function whoami(prompt: string): Who {
	const { env } = process;
	return {
		role: env['NIGHTLOOP_ROLE'] ?? '',
		task: env['NIGHTLOOP_TASK'] ?? '',
		attempt: Number(env['NIGHTLOOP_ATTEMPT'] ?? 1),
		session: env['NIGHTLOOP_SESSION'] ?? '',
		nonce: env['NIGHTLOOP_NONCE'] ?? '',
		prompt,
	};
}

function noScene({ role, task, attempt }: Who): UserError {
	return new UserError({
		what: `no scene for role ${JSON.stringify(role)}, task ${JSON.stringify(task)}, attempt ${attempt}`,
		why: 'none of the script fits',
		fix: 'Add one to the script.',
	});
}

function complaint(error: unknown): string {
	return error instanceof UserError ? `${error.what}: ${error.why}` : String(error);
}
