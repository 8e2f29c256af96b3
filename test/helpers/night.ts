import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Entry } from '../../src/core/types.ts';
import { openJournal, readJournal } from '../../src/io/journal.ts';
import { photograph, violations } from './checker.ts';
import { eventually } from './eventually.ts';
import { type Ended, type Loop, startLoop, story, type Told } from './nightloop.ts';
import { type Plan, type Repository, withRepository } from './repository.ts';

/** A repository, and the loops that run in it one after the other. */
export interface Night extends Repository {
	start(words?: readonly string[]): Loop;
	/** Runs a loop to its end. */
	run(words?: readonly string[]): Promise<Ended>;
	/** Starts a loop and kills it as soon as the condition holds. */
	killWhen(holds: (loop: Loop) => boolean): Promise<void>;
	/** Of the last loop: the events of that name. */
	all(event: string): Told[];
	/** One of them, from the first or (negative) from the last. */
	at(event: string, index: number): Told;
	/** The only one. */
	only(event: string): Told;
	/** What a session was sent. */
	promptOf(session: string): Promise<string>;
	/** From here on, what is there now counts as what was there before: the person has just changed it. */
	look(): Promise<void>;
	/** The journal as somebody who knows its checksums can write it, while no loop runs. */
	rewriteJournal(change: (entries: readonly Entry[]) => readonly Entry[]): Promise<void>;
}

/** Makes a repository, and in the end holds it against what it was before: whatever the checker finds is an error. */
export async function withNight(plan: Plan, use: (night: Night) => Promise<void>): Promise<void> {
	await withRepository(plan, async (repository) => {
		let before = await photograph(repository);
		const loops: Loop[] = [];
		const look = async () => {
			before = await photograph(repository);
		};
		try {
			await use({ ...nightIn(repository, loops), look });
			expect(await violations(repository, before)).toEqual([]);
		} catch (error) {
			const told = loops.map(({ events }) => story(events).replaceAll(/^(.{200}).*$/gm, '$1'));
			throw new Error(`${String(error)}\n${told.join('\n\n')}`, { cause: error });
		}
	});
}

function nightIn(repository: Repository, loops: Loop[]): Omit<Night, 'look'> {
	const start = (words?: readonly string[]) => {
		const loop = startLoop(repository, words);
		loops.push(loop);
		return loop;
	};
	const all = (name: string) => loops.at(-1)?.events.filter(({ event }) => event === name) ?? [];
	return {
		...repository,
		start,
		run: (words) => start(words).ended,
		async killWhen(holds) {
			const loop = start();
			await eventually(
				() => holds(loop),
				() => 'the moment to kill in',
			);
			loop.kill('SIGKILL');
			await loop.ended;
		},
		all,
		at(name, index) {
			const told = all(name).at(index);
			if (told) return told;
			throw new Error(`"${name}" was told ${all(name).length} times`);
		},
		only(name) {
			const [told, ...more] = all(name);
			if (told && more.length === 0) return told;
			throw new Error(`"${name}" was told ${all(name).length} times`);
		},
		promptOf: (session) => readFile(join(repository.scratch, 'log/prompts', session), 'utf8'),
		async rewriteJournal(change) {
			const folder = join(repository.path, '.git/nightloop');
			const entries = change(await readJournal(folder));
			await rm(join(folder, 'journal.jsonl'));
			const journal = await openJournal(folder);
			for (const entry of entries) await journal.append(entry);
			await journal.close();
		},
	};
}
