import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boxes, fingerprint } from '../helpers/checker.ts';
import { type Loop, startLoop, story } from '../helpers/nightloop.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';
import { type Ecosystem, ecosystems } from './ecosystems.ts';

const EVERY = await ecosystems();
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', `${name}.sh`);

describe.each(['auto', 'groups'])('walls %s: in a room,', (walls) => {
	describe.concurrent.each(EVERY)('with $name,', (ecosystem) => {
		it('what is tested is the candidate: broken it is red, whatever was built; mended it lands', () =>
			withInstalled(ecosystem, { walls }, async (repository) => {
				const { works, broken } = ecosystem;
				await attempt(repository, 1, write(ecosystem, broken));
				// What is written in the same tick of the clock as a build is taken for built by make itself, in any folder.
				const build = `{ ${ecosystem.check}; }`;
				await attempt(
					repository,
					2,
					`${write(ecosystem, again(works, 2))}${build}\nsleep 0.1\n${write(ecosystem, broken)}`,
				);
				await attempt(repository, 3, write(ecosystem, again(works, 3)));
				await repository.note('experiment', ':');
				await repository.note('go', 'on');
				const loop = startLoop(repository);

				const { exitCode } = await loop.ended;
				expect(exitCode, `after ${story(loop.events)}`).toBe(0);
				const told = loop.events.map(({ event }) => event);
				expect(told.filter((event) => /^(?:rejected|reviewed|landed)$/.test(event))).toEqual([
					'rejected',
					'rejected',
					'reviewed',
					'landed',
				]);
				expect(resultsOf(loop)).toEqual(['red', 'red', 'green']);
				expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(1);
			}));

		it('a reviewer that changes sources, builds, and wrecks what is installed has approved nothing, and changed nothing outside', () =>
			withInstalled(ecosystem, { walls }, async (repository) => {
				await attempt(repository, 1, write(ecosystem, again(ecosystem.works, 1)));
				await experiment(repository, [
					write(ecosystem, again(ecosystem.works, 9)),
					ecosystem.check,
					ecosystem.wreck,
				]);
				const loop = startLoop(repository);
				const before = await atReview(loop, repository);
				await repository.note('go', 'on');
				await loop.seen('rejected');

				expect(await repository.notes('experiments')).not.toEqual([]);
				expect(await outside(repository)).toEqual(before);
				const rejected = loop.events.find(({ event }) => event === 'rejected');
				expect(JSON.stringify(rejected)).toContain(ecosystem.source);
				await stop(loop);
			}));

		it('a reviewer that builds and wrecks what is installed changes nothing outside, and what it approves lands', () =>
			withInstalled(ecosystem, { walls }, async (repository) => {
				await attempt(repository, 1, write(ecosystem, again(ecosystem.works, 1)));
				await experiment(repository, [ecosystem.check, ecosystem.wreck]);
				const loop = startLoop(repository);
				const before = await atReview(loop, repository);
				await repository.note('go', 'on');

				const { exitCode } = await loop.ended;
				expect(exitCode, `after ${story(loop.events)}`).toBe(0);
				expect(await repository.notes('experiments')).not.toEqual([]);
				expect(withoutList(await outside(repository))).toEqual(withoutList(before));
				expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(1);
			}));

		it.runIf(walls === 'groups')('what is tested is not what the work tree has become meanwhile', () =>
			withInstalled(
				ecosystem,
				{ walls, first: 'until [ -e "$SCRATCH/log/nod" ]; do sleep 0.05; done' },
				async (repository) => {
					await attempt(repository, 1, write(ecosystem, ecosystem.broken));
					const loop = startLoop(repository);
					await loop.seen('proposed');
					await repository.write(ecosystem.source, ecosystem.works);
					await repository.note('nod', 'go on');
					await loop.seen('checked');

					expect(resultsOf(loop)).toEqual(['red']);
					await stop(loop);
				},
			),
		);
	});
});

/** In a repository where it is installed, and built as it works. */
async function withInstalled(
	ecosystem: Ecosystem,
	{ walls, first }: { walls: string; first?: string },
	use: (repository: Repository) => Promise<void>,
): Promise<void> {
	const { files, source, works, ignored, check } = ecosystem;
	const commands = [...(first === undefined ? [] : [first]), check];
	const prompt = (name: string) => `---\nagent: sh ${fixture(name)}\n---\n{{task}} {{findings}}\n`;
	const plan = {
		settings: [`walls: ${walls}`, 'attempts: 5', `checks: ${JSON.stringify(commands)}`],
		files: {
			...files,
			[source]: works,
			'.gitignore': `${ignored.join('\n')}\n`,
			'prompts/worker.md': prompt('works'),
			'prompts/reviewer.md': prompt('experiments-then-approves'),
		},
	};
	await withRepository(plan, async (repository) => {
		await ecosystem.install(repository);
		await use(repository);
	});
}

/** The same for its program, another one for git and for what goes by time. */
function again(text: string, number: number): string {
	return text.replace(/\n$/, ' '.repeat(number) + '\n');
}

function write({ source }: Ecosystem, text: string): string {
	return `printf %s '${text}' >${source}\n`;
}

async function attempt(repository: Repository, number: number, commands: string): Promise<void> {
	await repository.write(`../log/attempt-${number}`, commands);
}

async function experiment(repository: Repository, commands: readonly string[]): Promise<void> {
	await repository.write('../log/experiment', commands.join('\n'));
}

/** The whole work tree, as it is when the reviewer has begun. */
async function atReview(loop: Loop, repository: Repository): Promise<string[]> {
	await loop.seen('opened', ({ role }) => role === 'reviewer');
	return outside(repository);
}

/** Every file of the work tree, tracked or not, with its mode and a hash; what the loop and git keep aside. */
async function outside(repository: Repository): Promise<string[]> {
	const { path } = repository;
	const names = (await readdir(path)).filter((name) => !['.git', '.nightloop'].includes(name)).toSorted();
	const below = async (name: string) =>
		(await stat(join(path, name))).isDirectory()
			? (await fingerprint(join(path, name))).map((line) => `${name}/${line}`)
			: [`${name} ${await repository.read(name)}`];
	return (await Promise.all(names.map(below))).flat();
}

function withoutList(lines: readonly string[]): string[] {
	return lines.filter((line) => !line.startsWith('todo.md '));
}

/** Of the ecosystem's own check, which is the last one, on each candidate. */
function resultsOf(loop: Loop): unknown[] {
	const checked = loop.events.filter(({ event, on }) => event === 'checked' && on === 'candidate');
	return checked.map((told) => (told['results'] as { result: string }[]).at(-1)?.result);
}

async function stop(loop: Loop): Promise<void> {
	loop.kill('SIGTERM');
	await loop.ended;
}
