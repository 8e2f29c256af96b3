import { execa } from 'execa';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect } from 'vitest';
import { boxes, photograph, type Photograph, violations } from '../helpers/checker.ts';
import { endOrFirstWait, type Ended, type Loop, startLoop, story } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { type Plan, type Repository, withRepository } from '../helpers/repository.ts';
import { COMMITTED, inventory, type Inventory, losses, moveIn } from './belongings.ts';

export type Walls = 'groups' | 'namespaces';

export interface Attack {
	/** Agents of test/fixtures/agents; an honest worker and a reviewer that approves everything where none is named. */
	readonly worker?: string;
	readonly reviewer?: string;
	/** Tells apart what one agent does in different places. */
	readonly when?: string;
	/** How the first task ends, behind either walls. */
	readonly ends?: 'landed' | 'parked' | 'either';
	/** What the loop says of it: exactly once at level groups, and never where walls kept the attack from having an effect. */
	readonly line?: RegExp;
	/** Said once behind walls as well. */
	readonly noWallAgainstIt?: boolean;
	readonly plan?: Plan;
	/** Further changes before the loop starts. */
	readonly prepare?: (repository: Repository) => Promise<unknown>;
	/** Not as root: as a user to whom modes of files mean something, and who may mount only in a namespace of their own. */
	readonly as?: 'somebody';
	/** The loop's environment, where it is not the repository's. */
	readonly env?: (repository: Repository) => Readonly<Record<string, string>>;
	/** Files of the person that the attack removes with a plain `rm`, in a work tree that is the real one. */
	readonly removes?: readonly string[];
	/** What is left of the list's text, as nobody can tell the agent from a person at level groups. */
	readonly leaves?: (todo: string, repository: Repository) => string;
	/** What a person does about it before they start the loop again. */
	readonly repair?: (repository: Repository) => Promise<unknown>;
	/** Takes back, at the end, what may stay as the attack left it. */
	readonly undo?: (repository: Repository) => Promise<unknown>;
	/** What else has to hold. */
	readonly also?: (repository: Repository, walls: Walls, loop: Loop) => Promise<unknown>;
}

/** The task of every list that does not bring its own. */
export const TASK = 'make the first thing';

/** A block of tests for each level. Where a machine has no namespaces, theirs are shown as skipped. */
export function behindEachWalls(tests: (walls: Walls) => void): void {
	describe.concurrent('walls groups:', () => {
		tests('groups');
	});
	describe.skipIf(!hasNamespaces).concurrent('walls namespaces:', () => {
		tests('namespaces');
	});
}

/** Runs the loop through an attack, starts it once more where the work tree was attacked, and holds everything against what was there before. */
export async function withstand(attack: Attack, walls: Walls): Promise<void> {
	await withRepository(planOf(attack, walls), async (repository) => {
		await moveIn(repository);
		await attack.prepare?.(repository);
		const by = attack.as === 'somebody' ? await asSomebody(repository) : [];
		const before = { seen: await photograph(repository), owned: await inventory(repository) };
		const attacked = { ...repository, env: attack.env?.(repository) ?? repository.env };
		const loop = startLoop(attacked, ['--until-done'], by);
		const ended = await inTime(loop);
		await withStory(loop, async () => {
			await noProcessOf(repository.scratch);
			expect((await loop.seen('started'))['walls']).toBe(walls);
			expect(await repository.notes('tripped')).toEqual([]);
			await attack.repair?.(repository);
			if (attack.worker !== undefined) await startsAgain(attacked, by, ended);
			expect(await repository.notes('tripped')).toEqual([]);
			await attack.undo?.(repository);
			await expectNothingLost(repository, before, attack, walls);
			// The person's own git runs none of it either.
			expect(await repository.notes('tripped')).toEqual([]);
			await expectEnd(repository, attack);
			expectLine(attack, walls, loop);
			await attack.also?.(repository, walls, loop);
		});
	});
}

/** For `it.each`: a title, and the attack. */
export function titled(attacks: readonly Attack[], who: 'worker' | 'reviewer'): [string, Attack][] {
	return attacks.map((attack) => [[attack[who], attack.when].filter(Boolean).join(', '), attack]);
}

/** Everything that the loop said it put right, or had to say beside its story. */
export function told(loop: Loop): string[] {
	return loop.events.flatMap(({ event, ...said }) => {
		if (event === 'settled') return (said['putRight'] as string[]) ?? [];
		if (event === 'held') return [`held: ${String(said['files'])}`];
		if (event === 'waiting') return [JSON.stringify(said['for'])];
		return event === 'notice' ? [String(said['text'])] : [];
	});
}

/** In ms. None takes a third of it, however busy the machine. */
const PATIENCE = 40_000;

/** A loop that hangs is ended, so that the test says where it was. */
export async function inTime(loop: Loop): Promise<Ended> {
	const timer = setTimeout(() => loop.kill('SIGKILL'), PATIENCE);
	const ended = await endOrFirstWait(loop).finally(() => clearTimeout(timer));
	if (ended.exitCode === null) throw new Error(`the loop hung after\n${story(loop.events)}`);
	return ended;
}

/** The repository of an attack. */
export function planOf({ worker, reviewer, plan = {} }: Attack, walls: Walls): Plan {
	const { settings = [], files = {}, ...rest } = plan;
	return {
		...(worker === undefined ? {} : { worker }),
		...(reviewer === undefined ? {} : { reviewer }),
		files: { ...COMMITTED, ...files },
		settings: [`walls: ${walls === 'groups' ? 'groups' : 'auto'}`, ...attempts(settings), ...settings],
		...rest,
	};
}

function attempts(settings: readonly string[]): string[] {
	return settings.some((line) => line.startsWith('attempts:')) ? [] : ['attempts: 1'];
}

/** Whatever a worker left: the next start finds nothing in its way. */
async function startsAgain(
	repository: Repository,
	by: readonly string[],
	{ exitCode }: Ended,
): Promise<void> {
	if (exitCode !== 0 && exitCode !== 3) return;
	const again = startLoop(repository, ['--until-done'], by);
	const ended = await inTime(again);
	expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toEqual({ exitCode, stderr: '' });
}

async function expectNothingLost(
	repository: Repository,
	{ seen, owned }: { seen: Photograph; owned: Inventory },
	{ leaves, removes = [] }: Attack,
	walls: Walls,
): Promise<void> {
	const todo = seen.todo.toString();
	const left = walls === 'groups' && leaves ? leaves(todo, repository) : todo;
	expect([
		...(await violations(repository, seen, Buffer.from(left))),
		...(await losses(repository, owned, removes)),
	]).toEqual([]);
}

async function expectEnd({ read }: Repository, { ends = 'landed' }: Attack): Promise<void> {
	if (ends === 'either') return;
	const todo = await read('todo.md');
	expect(boxes(todo, ends === 'landed' ? 'x' : '!')).not.toEqual([]);
	if (ends === 'parked') expect(boxes(todo, 'x')).toEqual([]);
}

function expectLine({ line, noWallAgainstIt = false }: Attack, walls: Walls, loop: Loop): void {
	if (line === undefined) return;
	const lines = told(loop).filter((text) => line.test(text));
	expect(lines).toHaveLength(walls === 'groups' || noWallAgainstIt ? 1 : 0);
}

/** Any failure comes with what the loop told. */
export async function withStory(loop: Loop, expectations: () => Promise<void>): Promise<void> {
	try {
		await expectations();
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		throw new Error(`${message}\n${story(loop.events)}`, { cause: error });
	}
}

/** A command that runs another one as that user, to whom all of this then belongs. */
async function asSomebody({ scratch }: Repository): Promise<string[]> {
	if (process.getuid?.() !== 0) return [];
	await appendFile(join(scratch, 'home/.gitconfig'), '[safe]\n\tdirectory = *\n');
	await execa('chown', ['-R', '65534:65534', scratch]);
	return ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
}

async function wallsHere(): Promise<unknown> {
	let walls: unknown = 'none';
	await withRepository({}, async (repository) => {
		const loop = startLoop(repository, ['--once']);
		walls = (await loop.seen('started'))['walls'];
		await loop.ended;
	});
	return walls;
}

const hasNamespaces = (await wallsHere()) === 'namespaces';
