import type { Adapter, Exit } from './adapter.ts';
import { failure, type Failure } from './failure.ts';
import { type Fields, number, object, string } from './fields.ts';
import { lastLine } from './last-line.ts';
import { lineDecoder, type Word } from './line-decoder.ts';
import { toolWords } from './tool-call.ts';
import { jsonObject } from '../json.ts';

/**
 * Gemini CLI, headless (checked with 0.61.0). The person's settings.json, GEMINI.md, extensions and MCP servers are in
 * force. It has no flag for its sessions' records or its retries (up to four minutes).
 */
export const gemini: Adapter = {
	name: 'gemini',
	install: 'npm install -g @google/gemini-cli',
	speaks: 'lines',
	launch: ({ role, model, args }) => ({
		file: 'gemini',
		args: [
			'--output-format=stream-json',
			'--yolo', // nobody is there to ask; the walls and the room are what protects
			'--skip-trust', // a folder that was never trusted has no tools; for this session alone
			...(model === null ? [] : ['--model', model]),
			...args,
		],
		env: {
			GEMINI_CLI_NO_RELAUNCH: 'true', // a second process of its own would take twice the memory and the time
			// It reads .env, which the author may have written, for what is not set; that could give a reviewer other instructions.
			...(role === 'reviewer' ? { GEMINI_SYSTEM_MD: '' } : {}),
		},
	}),
	decoder: () => lineDecoder({ read, explain }),
};

function read(line: Fields): readonly Word[] {
	switch (line['type']) {
		case 'init':
			return [
				{ word: 'session', name: string(line['session_id']) },
				{ word: 'model', name: string(line['model']) },
			];
		case 'message':
			return line['role'] === 'assistant' ? [said(line)] : [];
		case 'tool_use':
			return [{ word: 'opens', tool: string(line['tool_id']) ?? '', words: callOf(line) }];
		case 'tool_result':
			return [{ word: 'closes', tool: string(line['tool_id']) ?? '' }];
		case 'error':
			return [{ word: 'errs', failure: complaint(string(line['message']) ?? '') }];
		case 'result':
			return [used(object(line['stats'])), ended(line)];
		default:
			return [];
	}
}

function callOf(line: Fields): string {
	return toolWords(line['tool_name'], line['parameters']);
}

function said(line: Fields): Word {
	const text = string(line['content']) ?? '';
	return line['delta'] === true ? { word: 'goes-on', text } : { word: 'says', text };
}

/** Also a warning is one where nothing follows it: `Loop detected, stopping execution` comes before a success. */
function complaint(message: string): Failure {
	return failure(message, { names: [brokenOff.test(message) ? 'connection_failed' : null] });
}

const brokenOff = /^Model stream ended (?:without a finish reason|with empty response)/;

function used(stats: Fields): Word {
	return { word: 'used', usage: { usd: 0, tokens: number(stats['total_tokens']) ?? 0 } };
}

/** An error within the stream of an answer has a result without an error, and exit 0: it was told before. */
function ended(line: Fields): Word {
	if (line['status'] === 'success') return { word: 'done' };
	const message = string(object(line['error'])['message']);
	return { word: 'over', failure: message === null ? null : ofCall(message) };
}

/** `[API Error: …]`, with the answer's body in it or only its message, and then perhaps advice. */
function ofCall(message: string): Failure {
	const told = /^\[API Error: (.*?)\](?:\n|$)/s.exec(message)?.[1] ?? message;
	const error = object(jsonObject(told)?.['error']);
	const names = [calls.find(([, wording]) => wording.test(told))?.[0] ?? null];
	return failure(string(error['message']) ?? told, { status: number(error['code']), names });
}

const calls = [
	['model_not_found', /^models\/\S+ is not found/],
	['connection_failed', /^terminated$/], // node's word for a connection that ended half way
] as const;

/** Its exit code is the status of the failed call, as far as that fits into a byte; 41: no way to log in is set up. */
function explain(wrong: Failure | null, { code }: Exit, stderr: string): Failure | null {
	const status = statuses.find((known) => known % 256 === code) ?? null;
	if (wrong) return { ...wrong, status: wrong.status ?? status };
	return code === 41 ? failure(lastLine(stderr), { names: ['authentication_failed'] }) : null;
}

const statuses = [400, 401, 403, 408, 413, 429, 500, 502, 503, 504, 529];
