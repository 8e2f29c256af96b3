import axe from 'axe-core';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { page as pageOf } from '../../src/core/report/page.ts';
import { reportOf } from '../../src/core/report/report.ts';
import { longNight, type Deed } from '../helpers/long-night.ts';

/** Pages and pictures, to be looked at by eye. */
const FOLDER = join(process.cwd(), '.cache/report');
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
const DESKTOP = { viewport: { width: 1280, height: 900 } };
const HOSTILE = `</pre></title><script>document.title='owned'</script><img src="https://example.com/x.png" onerror="document.title='owned'">`;

let browser: Browser;
beforeAll(async () => {
	browser = await chromium.launch({
		executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
		args: ['--no-sandbox'],
	});
	await mkdir(FOLDER, { recursive: true });
});
afterAll(async () => browser.close());

const night: readonly Deed[] = [
	{ text: 'T001 Sessions expire after 30 minutes', outcomes: ['lands'] },
	{
		text: 'T002 Refuse expired tokens',
		outcomes: ['rejected', 'red', 'lands'],
		touches: ['src/login.ts', 'test/login.test.ts', '.github/workflows/ci.yml', 'package.json'],
	},
	{
		text: 'T003 Rotate the key of the payment provider',
		outcomes: ['rejected', 'unreadable', 'red', 'parked'],
	},
	{
		text: 'T004 Invoices as PDF',
		outcomes: ['limited', 'lands'],
		touches: ['src/pdf.ts', 'assets/logo.png'],
	},
	{ text: 'T005 Search by article number', outcomes: ['sleeps'] },
	{ text: 'T006 Checkout', outcomes: ['flaky'] },
	{ text: 'T007 Export', outcomes: ['refused', 'unchanged'] },
	{
		text: `T008 ${'averyveryverylongword'.repeat(20)}`,
		outcomes: ['lands'],
		touches: [`src/${'deep/'.repeat(60)}file.ts`],
	},
];
const finding = { what: HOSTILE, evidence: HOSTILE, blocking: true, by: HOSTILE };
const hostile: readonly Deed[] = [
	{ text: HOSTILE, outcomes: ['rejected', 'lands'], touches: [HOSTILE], finding },
	{ text: `${HOSTILE} twice`, outcomes: ['rejected', 'parked'], finding },
];

describe('the report in a browser', () => {
	test.each<[string, BrowserContextOptions]>([
		['phone', PHONE],
		['phone-dark', { ...PHONE, colorScheme: 'dark' }],
		['desktop', DESKTOP],
		['desktop-dark', { ...DESKTOP, colorScheme: 'dark' }],
		['narrow', { viewport: { width: 320, height: 600 } }],
	])(
		'on a %s: no error, no request, nothing for axe to find, nothing wider than the screen',
		async (name, options) => {
			await opened(night, options, async (page, seen) => {
				for (const each of await page.locator('details').all())
					await each.evaluate((node) => node.setAttribute('open', ''));
				expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
					0,
				);
				expect(await violations(page)).toEqual([]);
				await page.reload();
				await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
				expect(seen).toEqual([]);
			});
		},
	);

	test('keeps hostile texts as texts', async () => {
		await opened(hostile, PHONE, async (page, seen) => {
			expect(await page.title()).not.toBe('owned');
			expect(await page.locator('script, img, iframe, link, object').count()).toBe(0);
			expect(await page.locator('h3').first().innerText()).toContain('<script>');
			expect(await violations(page)).toEqual([]);
			expect(seen).toEqual([]);
		});
	});

	test('is walked through by keyboard', async () => {
		await opened(night, DESKTOP, async (page) => {
			const focus = () => page.locator(':focus').innerText();
			await page.keyboard.press('Tab');
			expect(await focus()).toBe('Skip to the report');
			const summary = page.locator('#needs-you ~ article summary').first();
			await summary.focus();
			await page.keyboard.press('Enter');
			expect(await page.locator('#needs-you ~ article details').first().getAttribute('open')).not.toBeNull();
		});
	});

	test('is read aloud in order: one heading of the first rank, parts, tasks', async () => {
		await opened(night, PHONE, async (page) => {
			const ranks = await page
				.locator('h1, h2, h3')
				.evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
			expect(ranks[0]).toBe(1);
			ranks.slice(1).forEach((rank, index) => expect(rank - ranks[index]!).toBeLessThanOrEqual(1));
			expect(ranks.filter((rank) => rank === 1)).toHaveLength(1);
		});
	});

	test('is printed', async () => {
		await opened(night, DESKTOP, async (page) => {
			const pdf = await page.pdf({ path: join(FOLDER, 'report.pdf'), format: 'A4' });
			expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
			await page.emulateMedia({ media: 'print' });
			expect(await page.locator('nav').isVisible()).toBe(false);
		});
	});

	test('of a thousand tasks is there, and can be scrolled', async () => {
		const deeds = Array.from({ length: 1000 }, (_, index): Deed => ({
			text: `Task ${index}`,
			outcomes: index % 7 === 0 ? ['rejected', 'lands'] : ['lands'],
		}));
		await opened(deeds, PHONE, async (page, seen) => {
			expect(await page.locator('#landed ~ article').count()).toBe(1000);
			await page.locator('#gate').scrollIntoViewIfNeeded();
			expect(await page.locator('#gate').isVisible()).toBe(true);
			const { domContentLoadedEventEnd } = await page.evaluate<Record<string, number>>(
				'performance.getEntriesByType("navigation")[0].toJSON()',
			);
			console.log(`a thousand tasks: read and laid out in ${Math.round(domContentLoadedEventEnd ?? 0)} ms`);
			expect(seen).toEqual([]);
		});
	});
});

/** Opens the report of a night. `seen`: errors, dialogs, and requests for anything but the page. */
async function opened(
	deeds: readonly Deed[],
	options: BrowserContextOptions,
	look: (page: Page, seen: string[]) => Promise<void>,
): Promise<void> {
	const file = join(
		FOLDER,
		`${expect.getState().currentTestName!.replaceAll(/\W+/g, '-').slice(0, 80)}.html`,
	);
	const reader = {
		name: 'webshop',
		time: (at: string) => at.slice(0, 16).replace('T', ' '),
		folder: '',
		self: 'nightloop',
		isThere: () => true,
		lost: [],
	};
	const iso = (at: number) => new Date(at).toISOString();
	await writeFile(
		file,
		pageOf(reportOf(longNight(deeds), reader), {
			clock: (at) => iso(at).slice(11, 16),
			day: (at) => iso(at).slice(0, 10),
			logs: '',
		}),
	);
	const context = await browser.newContext(options);
	try {
		const page = await context.newPage();
		const seen: string[] = [];
		const own = pathToFileURL(file).href;
		page.on('console', (message) => seen.push(message.text()));
		page.on('pageerror', (error) => seen.push(error.message));
		page.on('dialog', (dialog) => seen.push(dialog.message()));
		page.on('request', (request) => request.url() !== own && seen.push(request.url()));
		await page.goto(own);
		await look(page, seen);
	} finally {
		await context.close();
	}
}

async function violations(page: Page): Promise<string[]> {
	await page.evaluate(axe.source);
	const { violations: found } = await page.evaluate<{
		violations: { id: string; nodes: { html: string }[] }[];
	}>('axe.run()');
	return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200) ?? ''}`);
}
