import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decoder } from '../../../src/core/agents/adapter.ts';
import { adapterFor } from '../../../src/core/agents/agents.ts';
import { failure } from '../../../src/core/agents/failure.ts';
import { lineDecoder, type Word } from '../../../src/core/agents/line-decoder.ts';

const exit = { code: 0, signal: null };

/** A decoder of lines that hold their words as they are. */
function spoken(lines: readonly (readonly Word[])[]) {
	const decoder = lineDecoder({ read: (line) => line['words'] as readonly Word[] });
	const signs = lines.map((words) => decoder.line(JSON.stringify({ words })));
	const used = decoder.used?.();
	return { ...decoder.finish(exit, '', '', 0), signs, used };
}

describe('The words of a session', () => {
	test('tell what was used up to now', () => {
		const decoder = lineDecoder({ read: () => [{ word: 'used', usage: { usd: 0.5, tokens: 20 } }] });
		expect(decoder.used?.()).toEqual({ usd: 0, tokens: 0 });
		decoder.line('{}');
		decoder.line('{}');
		expect(decoder.used?.()).toEqual({ usd: 1, tokens: 40 });
	});

	test('make one sign a line, the strongest', () => {
		const lines: Word[][] = [
			[
				{ word: 'closes', tool: 'x' },
				{ word: 'opens', tool: 'a', words: '' },
			],
			[{ word: 'opens', tool: 'b', words: '' }],
			[{ word: 'closes', tool: 'a' }],
			[
				{ word: 'closes', tool: 'b' },
				{ word: 'says', text: 'x' },
			],
			[{ word: 'errs', failure: failure('x') }, { word: 'retries' }],
			[],
			[{ word: 'done' }, { word: 'used', usage: { usd: 1, tokens: 2 } }],
		];
		const { signs, usage, used } = spoken(lines);
		expect(signs).toEqual([
			'tool-open',
			'progress',
			'progress',
			'tool-closed',
			'retrying',
			'nothing',
			'result',
		]);
		expect([usage, used]).toEqual([
			{ usd: 1, tokens: 2 },
			{ usd: 1, tokens: 2 },
		]);
	});

	test('are over when the agent said so, whatever follows', () => {
		const { end, text, signs } = spoken([
			[{ word: 'over', failure: failure('too much') }],
			[{ word: 'says', text: 'more' }, { word: 'done' }],
		]);
		expect(end).toMatchObject({ kind: 'failed', message: 'too much' });
		expect([text, signs]).toEqual(['', ['result', 'nothing']]);
	});

	test('tell of no success where it went on after it', () => {
		expect(spoken([[{ word: 'done' }], [{ word: 'lives' }]]).end).toMatchObject({
			kind: 'failed',
			message: 'it ended without a last word',
		});
	});

	test('are counted by message: pieces of one belong together, and the same said again is another', () => {
		const decoder = lineDecoder({ read: (line) => line['words'] as Word[] });
		const hear = (...words: Word[]) => {
			decoder.line(JSON.stringify({ words }));
			return decoder.said?.();
		};
		expect(decoder.said?.()).toEqual({ number: 0, text: '' });
		expect(hear({ word: 'goes-on', text: 'a' }, { word: 'goes-on', text: 'b' })).toEqual({
			number: 1,
			text: 'ab',
		});
		expect(hear({ word: 'says', text: 'ab' })).toEqual({ number: 2, text: 'ab' });
		expect(hear({ word: 'goes-on', text: 'c' })).toEqual({ number: 3, text: 'c' });
	});

	test('keep a name that is not told again', () => {
		const names: Word[] = [
			{ word: 'session', name: 's' },
			{ word: 'session', name: null },
			{ word: 'model', name: 'm' },
		];
		expect(spoken([names])).toMatchObject({ agentSession: 's', model: 'm' });
	});
});

const AGENTS = ['claude', 'codex', 'gemini', 'opencode', 'qwen', 'copilot'];

/** Of the fields that the decoders look at, any with anything in it. */
const anything = fc.dictionary(
	fc.constantFrom(
		'type',
		'item',
		'part',
		'data',
		'error',
		'message',
		'usage',
		'stats',
		'status',
		'tasks',
		'subtype',
	),
	fc.oneof(
		fc.jsonValue(),
		fc.constantFrom(
			'error',
			'result',
			'system',
			'step_finish',
			'turn.completed',
			'tool_use',
			'item.completed',
		),
		fc.dictionary(
			fc.constantFrom('id', 'type', 'text', 'message', 'data', 'tokens', 'state'),
			fc.jsonValue(),
		),
	),
);

test.each(AGENTS)('Whatever %s prints, its decoder goes on', (name) => {
	fc.assert(
		fc.property(
			fc.array(
				fc.oneof(
					anything.map((fields) => JSON.stringify(fields)),
					fc.string(),
				),
			),
			(lines) => {
				const decoder: Decoder = adapterFor(name).decoder();
				lines.forEach((line) => decoder.line(line));
				expect(decoder.finish(exit, '', '', 0).end).toHaveProperty('kind');
			},
		),
		{ numRuns: 50 },
	);
});
