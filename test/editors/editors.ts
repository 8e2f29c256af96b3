import { execa } from 'execa';
import { appendFile, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../helpers/eventually.ts';
import type { Repository } from '../helpers/repository.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** What a person does to one line; lines count from 1. */
export type Edit =
	| { readonly kind: 'add'; readonly below: number; readonly line: string }
	| { readonly kind: 'reword'; readonly at: number; readonly line: string }
	| { readonly kind: 'delete'; readonly at: number };

/** An editor with todo.md. */
export interface Editor {
	/** Takes in what is on disk, makes the edit, and after `thinking` ms tells the editor to save. */
	edit(edit: Edit, thinking: number): Promise<void>;
	/** Answers what the editor asks just now, as a person who wants their text kept. */
	answer(): Promise<void>;
	close(): Promise<void>;
}

interface Style {
	/** The program that must be there. */
	readonly needs: string;
	/** Whether it can only add to the end. */
	readonly appends?: true;
	open(repository: Repository): Promise<Editor>;
}

/** The ways in which people's programs save a file. */
export const styles: Readonly<Record<string, Style>> = {
	vim: { needs: 'vim', open: (repository) => viLike(repository, "vim -c 'set autoread' todo.md") },
	neovim: { needs: 'nvim', open: (repository) => viLike(repository, 'nvim todo.md') },
	nano: { needs: 'nano', open: nano },
	emacs: { needs: 'emacs', open: emacs },
	'sed -i': { needs: 'sed', open: async (repository) => withoutQuestions((edit) => sed(repository, edit)) },
	'>>': {
		needs: 'sh',
		appends: true,
		open: async (repository) =>
			withoutQuestions(async (edit) => appendFile(fileOf(repository), `${lineOf(edit)}\n`)),
	},
	'truncate and write': { needs: 'sh', open: (repository) => buffer(repository, inChunks(1)) },
	'truncate and write in chunks': { needs: 'sh', open: (repository) => buffer(repository, inChunks(4)) },
	'write aside and rename': { needs: 'sh', open: (repository) => buffer(repository, aside) },
};

function fileOf({ path }: Repository): string {
	return join(path, 'todo.md');
}

function lineOf(edit: Edit): string {
	return edit.kind === 'delete' ? '' : edit.line;
}

// ── Editors in a terminal ───────────────────────────────────────────────────────────────────────────────────────────

async function viLike(repository: Repository, command: string): Promise<Editor> {
	const terminal = await openTerminal(repository, command);
	await shows(terminal, /The list/);
	const run = async (line: string) => {
		await terminal.type(`:${line}`);
		await terminal.press('Enter');
	};
	return {
		async edit(edit, thinking) {
			await run('checktime');
			if (edit.kind === 'delete') await run(`${edit.at}d`);
			else {
				await run(String(edit.kind === 'add' ? edit.below : edit.at));
				await terminal.type(`${edit.kind === 'add' ? 'o' : 'cc'}${edit.line}`);
				await pause(thinking);
				await terminal.press('Escape');
			}
			await run('w');
		},
		async answer() {
			const screen = await terminal.screen();
			if (screen.includes('(y/n)?')) await terminal.press('y');
			else if (/Press ENTER/.test(screen)) await terminal.press('Enter');
		},
		close: () => terminal.close(),
	};
}

/** It cannot take in a file again: it is opened anew for every edit. */
async function nano(repository: Repository): Promise<Editor> {
	let terminal: Terminal | null = null;
	const leave = async () => {
		await terminal?.press('C-x');
		await terminal?.close();
		terminal = null;
	};
	return {
		async edit(edit, thinking) {
			await leave();
			const line = edit.kind === 'add' ? edit.below : edit.at;
			terminal = await openTerminal(repository, `nano +${line} todo.md`);
			await shows(terminal, /GNU nano/);
			if (edit.kind === 'add') await terminal.press('C-e', 'Enter');
			else await terminal.press('C-k');
			await terminal.type(lineOf(edit));
			if (edit.kind === 'reword') await terminal.press('Enter');
			await pause(thinking);
			await terminal.press('C-s');
		},
		async answer() {
			if (/File on disk has changed|modified since|continue saving/i.test((await terminal?.screen()) ?? ''))
				await terminal?.press('y');
		},
		close: leave,
	};
}

async function emacs(repository: Repository): Promise<Editor> {
	const terminal = await openTerminal(repository, 'emacs -nw -Q todo.md');
	await shows(terminal, /The list/);
	const answer = async () => {
		const screen = await terminal.screen();
		if (/really edit the buffer/.test(screen)) await terminal.press('y');
		else if (/Save anyway\?.*\(yes or no\)/.test(screen)) {
			await terminal.type('yes');
			await terminal.press('Enter');
		} else if (/Save anyway\?/.test(screen)) await terminal.press('y');
	};
	return {
		async edit(edit, thinking) {
			await terminal.press('C-x', 'x', 'g');
			await terminal.press('M-g', 'M-g');
			await terminal.type(String(edit.kind === 'add' ? edit.below : edit.at));
			await terminal.press('Enter');
			await terminal.press(...(edit.kind === 'add' ? ['C-e', 'C-j'] : ['C-a', 'C-k']));
			await answer();
			await terminal.type(lineOf(edit));
			if (edit.kind === 'delete') await terminal.press('C-k');
			await pause(thinking);
			await terminal.press('C-x', 'C-s');
		},
		answer,
		async close() {
			await terminal.close();
		},
	};
}

function shows(terminal: Terminal, what: RegExp): Promise<void> {
	let screen = '';
	return eventually(
		async () => what.test((screen = await terminal.screen())),
		() => `${String(what)} on the screen:\n${screen}`,
	);
}

// ── Programs and editors that never ask ─────────────────────────────────────────────────────────────────────────────

function withoutQuestions(save: (edit: Edit) => Promise<unknown>): Editor {
	return {
		async edit(edit, thinking) {
			await pause(thinking);
			await save(edit);
		},
		answer: async () => undefined,
		close: async () => undefined,
	};
}

async function sed({ path: cwd }: Repository, edit: Edit): Promise<void> {
	const scripts = {
		add: () => `${edit.kind === 'add' ? edit.below : ''}a\\${lineOf(edit)}`,
		reword: () => `${edit.kind === 'reword' ? edit.at : ''}c\\${lineOf(edit)}`,
		delete: () => `${edit.kind === 'delete' ? edit.at : ''}d`,
	};
	await execa('sed', ['-i', scripts[edit.kind](), 'todo.md'], { cwd });
}

/** Reads the file, holds it for as long as the person thinks, and saves all of it. */
async function buffer(
	repository: Repository,
	save: (file: string, text: string) => Promise<void>,
): Promise<Editor> {
	return {
		async edit(edit, thinking) {
			const lines = (await readFile(fileOf(repository), 'utf8')).split('\n');
			if (edit.kind === 'add') lines.splice(edit.below, 0, edit.line);
			else lines.splice(edit.at - 1, 1, ...(edit.kind === 'reword' ? [edit.line] : []));
			await pause(thinking);
			await save(fileOf(repository), lines.join('\n'));
		},
		answer: async () => undefined,
		close: async () => undefined,
	};
}

function inChunks(count: number) {
	return async (file: string, text: string) => {
		const handle = await open(file, 'w');
		const size = Math.ceil(text.length / count);
		for (let from = 0; from < text.length; from += size) {
			await handle.write(text.slice(from, from + size));
			if (count > 1) await pause(10);
		}
		await handle.close();
	};
}

async function aside(file: string, text: string): Promise<void> {
	await writeFile(`${file}___jb_tmp___`, text);
	await rename(file, `${file}___jb_old___`);
	await rename(`${file}___jb_tmp___`, file);
	await rm(`${file}___jb_old___`);
}
