import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html } from '../../../src/core/report/html.ts';

describe('a piece of a page', () => {
	test('takes text as text, in it and in attributes', () => {
		expect(html`<p title="${`"><script>'`}">${'<b>&amp;'}</p>`.html).toBe(
			'<p title="&#34;&#62;&#60;script&#62;&#39;">&#60;b&#62;&#38;amp;</p>',
		);
	});

	test('takes other pieces as they are, numbers, and nothing for null', () => {
		expect(html`${html`<b>${1}</b>`}${null}${[html`<i></i>`, html`<u></u>`]}`.html).toBe(
			'<b>1</b><i></i><u></u>',
		);
	});

	test('lets no control, override or half of a character through', () => {
		expect(html`${'a\u0000\u001b[2J\u202Eb\ud800\tc\nd'}`.html).toBe('a\uFFFD\uFFFD[2J\uFFFDb\uFFFD\tc\nd');
	});

	test('has no markup but its own, whatever it is given', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(html`${text}`.html).not.toMatch(/[<>"'`]/);
			}),
		);
	});
});
