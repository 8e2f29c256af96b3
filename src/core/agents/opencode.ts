import type { Adapter } from './adapter.ts';
import { failure, type Failure } from './failure.ts';
import { type Fields, number, object, string, sum } from './fields.ts';
import { lineDecoder, type Reader, type Word } from './line-decoder.ts';
import { toolWords } from './tool-call.ts';
import { jsonObject } from '../json.ts';

/**
 * opencode, headless (checked with 1.18.33). The person's opencode.json, providers, AGENTS.md and MCP servers are in force,
 * and what its permissions deny stays denied. It has no flag for its sessions' records or its retries (up to 90 s,
 * without a line).
 */
export const opencode: Adapter = {
	name: 'opencode',
	install: 'npm install -g opencode-ai',
	speaks: 'lines',
	launch: ({ model, args }) => ({
		file: 'opencode',
		args: [
			'run',
			'--format=json',
			'--auto', // nobody is there to ask: what would be asked about is allowed, else it is refused and the session ends
			...(model === null ? [] : ['--model', model]),
			...args,
		],
		env: {
			OPENCODE_DISABLE_AUTOUPDATE: '1', // the same program the whole night
			OPENCODE_AUTO_SHARE: null, // nothing of a session is published
		},
	}),
	decoder: () => lineDecoder(reader()),
};

/** A tool call is told of only when it is over; what may be one is a step, from its first sign to its end. */
function reader(): Reader {
	let overflows = 0;
	let denied: Failure | null = null;
	return {
		read: (line) => {
			const part = object(line['part']);
			const session: Word = { word: 'session', name: string(line['sessionID']) };
			const step = string(part['messageID']) ?? '';
			switch (line['type']) {
				case 'step_start':
					return [session, { word: 'opens', tool: step, words: '' }];
				case 'text':
					return [session, { word: 'says', text: string(part['text']) ?? '' }];
				case 'tool_use':
					overflows = 0;
					denied = denial(object(part['state']));
					return [
						session,
						{ word: 'called', words: toolWords(part['tool'], object(part['state'])['input']) },
					];
				case 'step_finish':
					return [
						session,
						used(part),
						{ word: 'closes', tool: step },
						...finished(string(part['reason']), denied),
					];
				case 'error': {
					const told = errorOf(object(line['error']));
					overflows += told.names.includes(OVERFLOW) ? 1 : 0;
					return [session, { word: overflows < MOST_OVERFLOWS ? 'errs' : 'over', failure: told }];
				}
				default:
					return [session];
			}
		},
	};
}

const OVERFLOW = 'ContextOverflowError';
/** It makes room and tries again. Where that makes no room it does so for ever, several times a second. */
const MOST_OVERFLOWS = 3;

/** A permission that is refused ends the session, as if all were well. */
function denial(state: Fields): Failure | null {
	const error = string(state['error']);
	return error !== null && rejected.test(error) ? failure(error) : null;
}

const rejected = /rejected permission|permission (?:was )?(?:rejected|denied)/i;

function used(part: Fields): Word {
	const counts = object(part['tokens']);
	const tokens =
		sum(counts, ['input', 'output', 'reasoning']) + sum(object(counts['cache']), ['read', 'write']);
	return { word: 'used', usage: { usd: number(part['cost']) ?? 0, tokens } };
}

/** There is no last line: the session has come to its end where a step did not end to have tools called. */
function finished(reason: string | null, denied: Failure | null): readonly Word[] {
	if (reason === 'stop') return [{ word: 'done' }];
	if (reason === 'tool-calls') return denied ? [{ word: 'errs', failure: denied }] : [];
	const names = [reason === 'content-filter' ? 'content_filter' : null];
	return [{ word: 'errs', failure: failure(`its answer ended early: ${reason}`, { names }) }];
}

function errorOf(error: Fields): Failure {
	const data = object(error['data']);
	const body = object(jsonObject(string(data['responseBody']) ?? '')?.['error']);
	const name = string(error['name']);
	return failure(string(data['message']) ?? name ?? '', {
		status: number(data['statusCode']),
		names: [name, string(body['code']), string(body['type'])],
	});
}
