import { execa } from 'execa';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type Loop, startLoop, story } from '../helpers/nightloop.ts';
import { type Plan, type Repository, withRepository } from '../helpers/repository.ts';
import { endSurvivors, survivors } from './survivors.ts';

const KINDS = [
	'plain',
	'ignores-term',
	'nohup',
	'job-control',
	'setsid',
	'pty',
	'daemon',
	'scrubbed-daemon',
	'main',
] as const;

/** How long what must be gone may take to go, in ms. */
const SOON = 2000;

const PROGRAM = join(import.meta.dirname, 'fixtures/leaves-nine-descendants.sh');

/** A session, or a check, that has left nine kinds of descendants. */
interface Scene {
	readonly repository: Repository;
	readonly loop: Loop;
	readonly token: string;
	/** In force, as the loop tells it. */
	readonly walls: string;
}

/** What ends the session. Resolves when what must be gone has to be gone soon. */
type Ending = (scene: Scene) => Promise<void>;

const endings: readonly (readonly [name: string, atLast: 'exits' | 'stays', ending: Ending])[] = [
	['ends by itself', 'exits', async ({ loop }) => void (await loop.seen('worked'))],
	['is silent for too long', 'stays', async ({ loop }) => void (await loop.seen('worked', isIdle))],
	['runs when the loop is told to end', 'stays', ({ loop }) => endBy(loop, 'SIGTERM')],
	['runs when the loop is killed', 'stays', killed],
];

describe.runIf(process.platform === 'linux')('descendants', () => {
	describe.concurrent.each(['auto', 'groups'])('walls %s: of a worker that', (walls) => {
		it.each(endings)('%s, none is left', (_, atLast, ending) =>
			withDescendants({ walls, atLast, by: 'worker' }, async (scene) => {
				await ending(scene);
				await expectNone(scene);
			}),
		);
	});

	describe.concurrent.each(['auto', 'groups'])('walls %s: when the loop is killed', (walls) => {
		it.each(['setup', 'check', 'reviewer'] as const)('none is left of a %s', (by) =>
			withDescendants({ walls, atLast: 'stays', by }, async (scene) => {
				await killed(scene);
				await expectNone(scene);
			}),
		);
	});

	it('would be left, all of them, if nobody ended them: the twin that proves the others', () =>
		withToken(async (token) => {
			await withRepository({}, async ({ scratch, env }) => {
				const up = join(scratch, 'up');
				const child = execa('sh', [PROGRAM], {
					env: { ...env, TOKEN: token, UP: up, AT_LAST: 'stays' },
					extendEnv: false,
					stdio: 'ignore',
					reject: false,
				});
				await allUp(up);
				child.kill('SIGKILL');
				await child;
				expect(kindsOf(token)).toEqual(KINDS.filter((kind) => kind !== 'main').toSorted());
			});
		}));
});

function isIdle(told: object): boolean {
	return 'end' in told && JSON.stringify(told.end).includes('"idle"');
}

async function endBy(loop: Loop, signal: NodeJS.Signals): Promise<void> {
	loop.kill(signal);
	await loop.ended;
}

/** With namespaces the kernel ends them; else the next start does, before it does anything else. */
async function killed({ repository, loop, walls }: Scene): Promise<void> {
	await endBy(loop, 'SIGKILL');
	if (walls === 'namespaces') return;
	const next = startLoop(repository);
	await next.seen('started');
	next.kill('SIGKILL');
	await next.ended;
}

/** Without namespaces a daemon that has wiped its environment is not found: that is known, and written down. */
async function expectNone({ token, walls, loop }: Scene): Promise<void> {
	const left = () =>
		survivors(token).filter(({ kind }) => walls === 'namespaces' || kind !== 'scrubbed-daemon');
	await eventually(
		() => left().length === 0,
		() => `no descendant with walls ${walls}, but there is ${JSON.stringify(left())}\n${story(loop.events)}`,
		SOON,
	);
}

async function withDescendants(
	wanted: { walls: string; atLast: 'exits' | 'stays'; by: 'worker' | 'setup' | 'check' | 'reviewer' },
	use: (scene: Scene) => Promise<void>,
): Promise<void> {
	await withToken((token) =>
		withRepository(planOf(wanted.by, wanted.walls), async (repository) => {
			const up = join(repository.scratch, 'log/up');
			await repository.write('../log/run', commandLine(token, up, wanted.atLast));
			const loop = startLoop(repository);
			const { walls } = await loop.seen('started');
			await allUp(up, loop);
			await use({ repository, loop, token, walls: String(walls) });
			if (loop.events.at(-1)?.event !== 'ended') loop.kill('SIGKILL');
			await loop.ended;
		}),
	);
}

function planOf(by: string, walls: string): Plan {
	const run = 'sh "$SCRATCH/log/run"';
	const session = (role: string) => `---\nagent: sh -c '${run}'\nidle: 2s\n---\nAs a ${role}: {{task}}\n`;
	const level = `walls: ${walls}`;
	if (by === 'check') return { settings: [level, `checks: '${run}'`] };
	// A setup is run for a candidate that changes what is installed.
	if (by === 'setup')
		return { settings: [level, `setup: '${run}'`, "checks: 'true'"], worker: 'adds-a-manifest' };
	return { settings: [level], files: { [`prompts/${by}.md`]: session(by) } };
}

function commandLine(token: string, up: string, atLast: string): string {
	return `TOKEN='${token}' UP='${up}' AT_LAST=${atLast} exec sh '${PROGRAM}'\n`;
}

async function withToken(use: (token: string) => Promise<void>): Promise<void> {
	const token = randomUUID();
	try {
		await use(token);
	} finally {
		endSurvivors(token);
	}
}

async function allUp(up: string, loop?: Loop): Promise<void> {
	const kinds = () => (existsSync(up) ? readFileSync(up, 'utf8').trim().split('\n') : []);
	await eventually(
		() => kinds().length >= KINDS.length,
		() => `nine descendants, but there is ${kinds().join(', ')}\n${story(loop?.events ?? [])}`,
	);
}

function kindsOf(token: string): string[] {
	return [...new Set(survivors(token).map(({ kind }) => kind))].toSorted();
}
