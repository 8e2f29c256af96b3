import type { Adapter } from './adapter.ts';
import { failure } from './failure.ts';
import { type Fields, number, object, objects, string } from './fields.ts';
import { lineDecoder, type Word } from './line-decoder.ts';
import { toolWords } from './tool-call.ts';

/**
 * GitHub Copilot CLI, headless (checked with 1.0.102), with the person's settings, instructions and MCP servers. It tells
 * no tokens.
 */
export const copilot: Adapter = {
	name: 'copilot',
	install: 'npm install -g @github/copilot',
	speaks: 'lines',
	launch: ({ model, args }) => ({
		file: 'copilot',
		args: [
			'--output-format=json',
			'--allow-all', // nobody is there to ask; the walls and the room are what protects
			'--no-ask-user',
			'--no-auto-update', // the same program the whole night
			'--excluded-tools=session_store_sql', // what earlier sessions said, the author's among them
			...(model === null ? [] : ['--model', model]),
			...args,
		],
		env: {},
	}),
	decoder: () => lineDecoder({ read }),
};

function read(line: Fields): readonly Word[] {
	const data = object(line['data']);
	switch (line['type']) {
		case 'assistant.message':
			return said(data);
		case 'assistant.message_delta':
		case 'assistant.tool_call_delta':
		case 'tool.execution_partial_result':
			return [{ word: 'lives' }];
		case 'tool.execution_start':
			return [{ word: 'opens', tool: string(data['toolCallId']) ?? '', words: callOf(data) }];
		case 'tool.execution_complete':
			return [{ word: 'closes', tool: string(data['toolCallId']) ?? '' }];
		default:
			return outcome(line, data);
	}
}

function callOf(data: Fields): string {
	return toolWords(data['toolName'], data['arguments']);
}

function said(data: Fields): readonly Word[] {
	const model: Word = { word: 'model', name: string(data['model']) };
	const text = string(data['content']) ?? '';
	const says: Word =
		text === '' && objects(data['toolRequests']).length > 0 ? { word: 'lives' } : { word: 'says', text };
	return [model, says];
}

function outcome(line: Fields, data: Fields): readonly Word[] {
	switch (line['type']) {
		case 'model.call_failure':
			return [{ word: 'errs', failure: ofCall(data, string(data['errorMessage'])) }];
		case 'assistant.turn_retry':
			return [{ word: 'retries' }];
		case 'session.error':
			return [{ word: 'errs', failure: ofCall(data, string(data['message'])) }];
		// Ended by a signal it says exit code 0.
		case 'abort':
			return [{ word: 'errs', failure: failure('it was interrupted') }];
		case 'result':
			return [{ word: 'session', name: string(line['sessionId']) }, ended(number(line['exitCode']))];
		default:
			return [];
	}
}

function ofCall(data: Fields, message: string | null) {
	const names = [string(data['errorType'])];
	return failure(message ?? '', { status: number(data['statusCode']), names });
}

function ended(exitCode: number | null): Word {
	return exitCode === 0 ? { word: 'done' } : { word: 'over', failure: null };
}
