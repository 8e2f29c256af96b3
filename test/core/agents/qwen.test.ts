import { expect, test } from 'vitest';
import { qwen } from '../../../src/core/agents/qwen.ts';
import { decode, recorded } from '../../helpers/recorded.ts';

test('Qwen Code is started headless, without a session to resume', () => {
	const { file, args } = qwen.launch({ role: 'worker', model: 'm', args: ['-d'], line: 'qwen' });
	expect([file, ...args]).toEqual(
		'qwen --output-format=stream-json --chat-recording=false --yolo --model m -d'.split(' '),
	);
	expect(qwen.launch({ role: 'worker', model: null, args: [], line: 'qwen' }).args).toHaveLength(3);
});

test('Its session that did its work has completed, with its words, tokens, session and model', () => {
	expect(decode(qwen, recorded('qwen', 'success'))).toMatchObject({
		end: { kind: 'completed' },
		text: 'All done: wrote hello.txt',
		usage: { usd: 0, tokens: 360 },
		pays: null,
		agentSession: '18ab94ee-15ad-49ce-a496-db6d9233584d',
		model: 'mock-model',
	});
});

test('Its session that was turned away tells why', () => {
	expect(decode(qwen, recorded('qwen', 'error-401'), { exit: 1 }).end).toEqual({
		kind: 'auth',
		message: '[API Error: 401 no]',
	});
});
