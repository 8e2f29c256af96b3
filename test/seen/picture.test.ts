import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const FOLDER = join(process.cwd(), 'docs');
const PICTURES = readdirSync(FOLDER).filter((name) => name.endsWith('.svg'));
let browser: Browser;

beforeAll(async () => {
	browser = await chromium.launch({
		executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
		args: ['--no-sandbox'],
	});
});
afterAll(async () => browser.close());

describe.each(PICTURES)('the picture %s', (name) => {
	const file = join(FOLDER, name);

	test('is text alone: small, without a script, and nothing in it is loaded', async () => {
		const text = readFileSync(file, 'utf8');
		expect(text.length).toBeLessThan(60_000);
		expect(text).not.toMatch(/<script|\son\w+=|href|url\(|@import|<image|<foreignObject/i);
		const page = await browser.newPage();
		const asked: string[] = [];
		page.on('request', (request) => asked.push(request.url()));
		await page.goto(pathToFileURL(file).href);
		expect(asked).toEqual([pathToFileURL(file).href]);
	});

	test('has all of its text inside', async () => {
		const page = await browser.newPage();
		await page.goto(pathToFileURL(file).href);
		const whole = await page.locator('svg').boundingBox();
		for (const text of await page.locator('text').all()) {
			const box = await text.boundingBox();
			expect(box!.x + box!.width).toBeLessThan(whole!.width);
			expect(box!.y + box!.height).toBeLessThan(whole!.height);
		}
	});

	test('tells the whole story, down to its end', () => {
		const text = readFileSync(file, 'utf8').replaceAll(/<[^>]*>/g, '');
		for (const part of ['$ npm run demo', '✗ rejected 1', '✓ landed', 'nothing left open: 2 done'])
			expect(text).toContain(part);
	});
});
