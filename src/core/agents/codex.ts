import type { Adapter } from './adapter.ts';
import { failure } from './failure.ts';
import { type Fields, object, objects, string, sum } from './fields.ts';
import { lineDecoder, type Word } from './line-decoder.ts';
import { toolWords } from './tool-call.ts';

/**
 * Codex, headless (checked with 0.169.0). The person's config.toml, provider, AGENTS.md and MCP servers are in force. How
 * often it retries cannot be told from outside: the settings are of a provider, and the built-in ones are reserved.
 */
export const codex: Adapter = {
	name: 'codex',
	install: 'npm install -g @openai/codex',
	speaks: 'lines',
	launch: ({ model, args }) => ({
		file: 'codex',
		args: [
			'exec',
			'--json',
			'--ephemeral', // nothing to resume: each session starts clean
			'--dangerously-bypass-approvals-and-sandbox', // nobody is there to ask; the walls and the room are what protects
			'-c',
			'features.memories=false', // the memory that sessions share is memory/, which is judged
			'-c',
			'check_for_update_on_startup=false', // the same program the whole night
			...(model === null ? [] : ['--model', model]),
			'-', // the prompt comes on stdin
			...args,
		],
		env: {},
	}),
	decoder: () => lineDecoder({ read }),
};

function read(line: Fields): readonly Word[] {
	switch (line['type']) {
		case 'thread.started':
			return [{ word: 'session', name: string(line['thread_id']) }];
		case 'item.started':
			return [{ word: 'opens', tool: idOf(line), words: callOf(object(line['item'])) }];
		case 'item.updated':
			return [{ word: 'lives' }];
		case 'item.completed':
			return completed(line);
		case 'error':
			return complaint(string(line['message']) ?? '');
		case 'turn.completed':
			return [used(object(line['usage'])), { word: 'done' }];
		case 'turn.failed':
			return [{ word: 'over', failure: failure(string(object(line['error'])['message']) ?? '') }];
		default:
			return [];
	}
}

function idOf(line: Fields): string {
	return string(object(line['item'])['id']) ?? '';
}

/** Items of other types are what it thinks and says. */
function callOf(item: Fields): string {
	switch (item['type']) {
		case 'command_execution':
			return toolWords('shell', { command: string(item['command'])?.replace(inShell, '$2') });
		case 'file_change':
			return toolWords('patch', objects(item['changes'])[0]);
		case 'mcp_tool_call':
			return toolWords(item['tool'], item['arguments']);
		case 'web_search':
			return toolWords('search', item);
		default:
			return '';
	}
}

/** Each command is run by a login shell. */
const inShell = /^\S*sh -lc (['"]?)(.*)\1$/s;

/** An item of type error is a warning (a model that it does not know, another transport) unless nothing follows it. */
function completed(line: Fields): readonly Word[] {
	const item = object(line['item']);
	const closes: Word = { word: 'closes', tool: idOf(line) };
	if (item['type'] === 'agent_message') return [closes, { word: 'says', text: string(item['text']) ?? '' }];
	if (item['type'] === 'error') return [{ word: 'errs', failure: failure(string(item['message']) ?? '') }];
	return [closes];
}

/** `Reconnecting... 2/5 (…)` is followed by another try, for ever where the network is down. */
function complaint(message: string): readonly Word[] {
	const word: Word = { word: 'errs', failure: failure(message.replace(reconnecting, '$1')) };
	return reconnecting.test(message) ? [word, { word: 'retries' }] : [word];
}

const reconnecting = /^Reconnecting\.\.\.[^(]*\((.*)\)$/s;

/** Cached tokens are counted among those of the input, those of reasoning among those of the output. */
function used(usage: Fields): Word {
	return { word: 'used', usage: { usd: 0, tokens: sum(usage, ['input_tokens', 'output_tokens']) } };
}
