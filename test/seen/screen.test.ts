import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openTerminal, type Terminal } from '../editors/terminal.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Plan, type Repository, withRepository } from '../helpers/repository.ts';

const program = join(process.cwd(), 'dist/src/cli/main.js');
/** Pictures, as text with the colours in it, to be looked at by eye: `cat` shows them. */
const FOLDER = join(process.cwd(), '.cache/seen');
const WIDE = { columns: 200, rows: 50, env: {} };
const NARROW = { columns: 80, rows: 24, env: {} };
/** What codex prints when it begins to run a command. */
const CALL = JSON.stringify({
	type: 'item.started',
	item: { id: 'item_0', type: 'command_execution', command: '/bin/bash -lc "npm test -- login"' },
});
const slow: Plan = {
	tasks: ['T001 make a good thing', 'T002 make another good thing'],
	worker: 'writes-one-file-after-a-nod',
	reviewer: 'rejects-the-first-attempt',
	settings: ['until: 8h', 'budget: {usd: 25}'],
};

describe('the live screen', () => {
	test.each([
		['80 columns', NARROW],
		['200 columns', WIDE],
	])('at %s: lines of what happened, and at the foot what runs', (name, look) =>
		onScreen(slow, look, async (terminal, repository) => {
			await shows(terminal, /▸ attempt 1\/3 · T001 make a good thing/);
			await shows(terminal, /worker 0001 · \S+ · /);
			expect(await terminal.screen()).toMatch(/0 of 2 done · until \d\d:\d\d, 8h left · \$0\.00 of \$25\.00/);
			await picture(`at-work-${name}`, terminal);
			await repository.note('nod', 'go on');
			await shows(terminal, /✗ T001 make a good thing rejected 1\/3 · /);
			await shows(terminal, /✓ T001 make a good thing landed [0-9a-f]{7} · 2 attempts/);
			expect(rules(await terminal.history())).toBe(1);
			await picture(`landed-${name}`, terminal);
		}),
	);

	test.each([
		['80 columns', NARROW],
		['200 columns', WIDE],
	])('at %s: the tool that the agent uses', (name, look) =>
		onScreen(
			slow,
			look,
			async (terminal) => {
				await shows(terminal, /last sign \S+ ago · shell npm test(?: -- \S+)?…? · codex/);
				await picture(`tool-${name}`, terminal);
			},
			{ program: 'codex', body: `echo '${CALL}'; sleep 60` },
		),
	);

	// What is drawn between the resize and its signal is drawn for the width before: on a busy machine that can happen.
	test('is right after the terminal was made narrow, and wide again', { retry: 2 }, () =>
		onScreen(slow, WIDE, async (terminal) => {
			await shows(terminal, /worker 0001/);
			for (const columns of [50, 30, 120, 40, 200]) {
				await terminal.resize(columns, 20);
				await eventually(
					async () => (await terminal.screen()).split('\n').some((row) => row === '─'.repeat(columns)),
					() => `a rule of ${columns} columns`,
					10_000,
				);
				expect(rules(await terminal.screen())).toBe(1);
			}
		}),
	);

	test('leaves a clean screen behind when it ends', () =>
		onScreen({ tasks: ['make a good thing'] }, NARROW, async (terminal) => {
			await shows(terminal, /■ nothing left open: 1 done/);
			await shows(terminal, /the prompt of a shell/);
			expect(rules(await terminal.history())).toBe(0);
			expect(await terminal.history()).not.toMatch(/▸|of 1 done · /);
		}));

	test('has colours, and none where the person wants none', async () => {
		await onScreen(slow, NARROW, async (terminal) => {
			await shows(terminal, /worker 0001/);
			expect(await terminal.history()).toContain('\u001b[2m');
		});
		await onScreen(slow, { ...NARROW, env: { NO_COLOR: '1' } }, async (terminal) => {
			await shows(terminal, /worker 0001/);
			expect(await terminal.history()).not.toContain('\u001b[');
		});
	});
});

async function onScreen(
	plan: Plan,
	look: typeof WIDE & { env: Readonly<Record<string, string>> },
	use: (terminal: Terminal, repository: Repository) => Promise<void>,
	worker: { readonly program: string; readonly body: string } | null = null,
): Promise<void> {
	await withRepository(plan, async (repository) => {
		const words = worker === null ? '' : `--agent ${worker.program}`;
		const command = `${process.execPath} ${program} --until-done ${words}; echo the prompt of a shell; sleep 60`;
		const env = worker === null ? look.env : { ...look.env, PATH: await onPath(repository, worker) };
		const terminal = await openTerminal(repository, command, { ...look, env });
		try {
			await use(terminal, repository);
		} finally {
			await terminal.close();
		}
	});
}

/** A PATH on which that program comes first. */
async function onPath(
	{ scratch, env }: Repository,
	{ program, body }: { program: string; body: string },
): Promise<string> {
	const folder = join(scratch, 'programs');
	await mkdir(folder);
	await writeFile(join(folder, program), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
	return `${folder}:${env['PATH']}`;
}

async function shows(terminal: Terminal, what: RegExp): Promise<void> {
	let seen = '';
	const isThere = async () => what.test((seen = await terminal.screen()));
	await eventually(isThere, () => `${what} on\n${seen}`, 30_000);
}

/** How many feet stand on it: one is right. */
function rules(screen: string): number {
	return screen.split('\n').filter((row) => /^─+$/.test(row)).length;
}

async function picture(name: string, terminal: Terminal): Promise<void> {
	await mkdir(FOLDER, { recursive: true });
	await writeFile(join(FOLDER, `${name.replaceAll(' ', '-')}.txt`), await terminal.history());
}
