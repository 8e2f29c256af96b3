import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../helpers/has-code.ts';
import type { Loop } from '../helpers/nightloop.ts';

/** Close to which a kill may fall: every step of an attempt, and of what else there is to do. */
const ATTEMPT = 'started opened worked settled proposed checked reviewed sealed landed marked';
const BESIDES = 'rejected cleared parked waiting resumed edited';
const STEPS = `${ATTEMPT} ${BESIDES}`.split(' ');

/** In ms. */
const CLOSE = 30;
/** How long a loop lives, in starts: on a busy machine everything takes longer. */
const ANY_TIME = 4;
/** For a step that does not come, likewise. */
const PATIENCE = 7;

/**
 * Half of the kills fall at any time at all, half close to a step. `aStart`: how long one takes here, in ms. Resolves to
 * when; null: it ended by itself before.
 */
export async function killAtRandom(loop: Loop, random: () => number, aStart = 400): Promise<string | null> {
	const step = random() < 0.5 ? null : (STEPS[Math.floor(random() * STEPS.length)] ?? null);
	const ms = random() * (step === null ? ANY_TIME * aStart : CLOSE);
	const kill = random() < 0.5 ? killAlone : killWithGits;
	let isOver = false;
	const over = loop.ended.then(
		() => (isOver = true),
		() => (isOver = true),
	);
	if (step !== null) {
		// It may end without that step.
		const seen = loop.seen(step).catch(() => undefined);
		await Promise.race([seen, over, pause(PATIENCE * aStart, null, { ref: false })]);
	}
	await Promise.race([pause(ms), over]);
	if (isOver) return null;
	const whom = kill(loop);
	return `${step ?? 'any time'} + ${Math.round(ms)} ms, ${whom} (${loop.events.at(-1)?.event ?? 'silence'})`;
}

function killAlone(loop: Loop): string {
	loop.kill('SIGKILL');
	return 'alone';
}

/** As a power cut would: it is stopped first, so that it does not see them go. */
function killWithGits(loop: Loop): string {
	loop.kill('SIGSTOP');
	for (const git of gitsOf(loop.pid)) {
		try {
			process.kill(git, 'SIGKILL');
		} catch (error) {
			if (!hasCode(error, 'ESRCH')) throw error;
		}
	}
	loop.kill('SIGKILL');
	return 'with its gits';
}

/** By /proc/PID/stat, `pid (comm) state ppid ...`; none where there is no /proc. */
function gitsOf(parent: number): number[] {
	if (process.platform !== 'linux') return [];
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	return pids.map(Number).filter((pid) => {
		const [, command = '', of] = /^\d+ \((.*)\) \S (\d+)/.exec(statOf(pid)) ?? [];
		return Number(of) === parent && command.startsWith('git');
	});
}

function statOf(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/stat`, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return '';
		throw error;
	}
}
