import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStatus } from '../../../src/core/gate/worker-status.ts';
import type { WorkerStatus } from '../../../src/core/types.ts';

const fence = (body: string) => `\`\`\`status\n${body}\n\`\`\``;
const reads = (text: string, expected: WorkerStatus | null) => expect(readStatus(text)).toEqual(expected);

test('done is read', () =>
	reads(`All is well.\n\n${fence('{"status":"done"}')}\n`, { status: 'done', reason: '', red: null }));
test('blocked is read with its reason', () =>
	reads(fence('{"status":"blocked","reason":" no key \\n"}'), {
		status: 'blocked',
		reason: 'no key',
		red: null,
	}));
test('already done is read', () =>
	reads(fence('{"status":"already-done","reason":"see a.ts:3"}'), {
		status: 'already-done',
		reason: 'see a.ts:3',
		red: null,
	}));
test('what is to be red for now is read', () =>
	reads(fence('{"status":"done","red":" add.test.js: there is no add yet "}'), {
		status: 'done',
		reason: '',
		red: 'add.test.js: there is no add yet',
	}));
test('that something is to be red may be said without a reason', () =>
	expect(readStatus(fence('{"status":"done","red":true}'))?.red).toBe('the session did not say why'));
test.each(['""', '" "', 'false', 'null', '["x"]'])('nothing is to be red by %s', (red) =>
	reads(fence(`{"status":"done","red":${red}}`), { status: 'done', reason: '', red: null }),
);
test('CRLF and white space at the end do not matter', () =>
	reads('a\r\n```status \r\n{"status":"done"}\r\n```\r\n\r\n', { status: 'done', reason: '', red: null }));
test('JSON over several lines is read', () =>
	reads(fence('{\n  "status": "done"\n}'), { status: 'done', reason: '', red: null }));
test('the last one counts', () =>
	reads(`${fence('{"status":"blocked"}')}\n${fence('{"status":"done"}')}`, {
		status: 'done',
		reason: '',
		red: null,
	}));
test('a long reason is cut', () =>
	expect(
		readStatus(fence(JSON.stringify({ status: 'done', reason: 'x'.repeat(9000) })))?.reason,
	).toHaveLength(4000));

test('no message is no status', () => reads('', null));
test('no fence is no status', () => reads('{"status":"done"}', null));
test('a fence with text after it is no status', () =>
	reads(`${fence('{"status":"blocked"}')}\nNo, wait.`, null));
test('a fence that was not closed is no status', () => reads('```status\n{"status":"blocked"}', null));
test('an opening alone is no status', () => reads('```status', null));
test('an indented fence is no status', () => reads('  ```status\n{"status":"blocked"}\n```', null));
test('another fence is no status', () => reads('```json\n{"status":"blocked"}\n```', null));
test('broken JSON is no status', () => reads(fence('{"status":"blocked"'), null));
test('an unknown status is no status', () => reads(fence('{"status":"finished"}'), null));
test('a reason that is no text is no status', () => reads(fence('{"status":"blocked","reason":3}'), null));
test('a list is no status', () => reads(fence('["done"]'), null));

test('a text without the word is never a status', () => {
	fc.assert(
		fc.property(fc.string(), (text) => {
			fc.pre(!text.includes('status'));
			expect(readStatus(text)).toBeNull();
		}),
	);
});
