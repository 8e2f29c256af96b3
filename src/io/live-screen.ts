import { statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { calmLine } from '../core/screen/calm-line.ts';
import type { Background } from '../core/screen/calm-line.ts';
import { foot } from '../core/screen/foot.ts';
import type { Vitals } from '../core/screen/foot.ts';
import { NOTHING_SEEN, tallied } from '../core/screen/tally.ts';
import type { Tally } from '../core/screen/tally.ts';
import { advance, replay } from '../core/run/run.ts';
import type { Entry, Run, Scene, SessionId } from '../core/types.ts';
import { widthOf } from '../core/width.ts';
import { clock } from './clock.ts';
import { stamped } from './colour.ts';
import { tellOnce } from './tell-once.ts';
import type { Screen } from './screen.ts';

/** Where the sessions of a `-C` folder put out what they say. */
export type Logs = (session: SessionId) => string;

/**
 * The screen of a terminal: what happened goes up, a line each; at its foot stands what runs now, drawn again each second.
 * One write a drawing, so that nothing flickers; a terminal that was resized, or that was away, is drawn afresh.
 */
export function openLiveScreen(stream: WriteStream, logs: Logs, before: readonly Entry[]): Screen {
	const canvas = openCanvas(stream);
	stream.on('error', () => undefined);
	let run: Run = replay(before);
	let scene: Scene | null = null;
	let tool: string | null = null;
	let background: Background = { attempts: 1, since: null, usd: 0 };
	const toTell = tellOnce((entry) => calmLine(entry, background));
	let tally = NOTHING_SEEN;
	const lines = () =>
		scene ? foot(run, { ...scene, now: Date.now() }, { ...seenOf(run, tally, logs), tool }, look()) : [];
	const look = () => ({ columns: stream.columns, clock });
	const drawn = (...news: readonly string[]) => canvas.draw(news, lines());
	const lookForSleep = openSleep((words) => drawn(stamped(Date.now(), words)));
	const tick = setInterval(() => {
		lookForSleep();
		drawn();
	}, 1000).unref();
	const clear = () => canvas.draw([], []);
	const leave = heedTerminal(stream, drawn, clear);
	return {
		entry(entry: Entry) {
			run = advance(run, entry);
			const known = 'task' in entry ? tally.tasks.get(entry.task) : undefined;
			tally = tallied(tally, entry);
			const attempts = scene?.settings.attempts ?? 1;
			background = { attempts, since: known?.since ?? null, usd: known?.usd ?? 0 };
			const news = toTell(entry).map(({ at, words }) => stamped(at, words));
			canvas.draw(news, entry.event === 'ended' ? [] : lines());
		},
		scene(now: Scene) {
			scene = now;
		},
		tool(words) {
			tool = words;
		},
		close() {
			clearInterval(tick);
			leave();
			clear();
		},
	};
}

/** Draws anew at another size, and clears the foot before the person stops the process. Returns how to heed it no more. */
function heedTerminal(stream: WriteStream, draw: () => void, clear: () => void): () => void {
	const resized = () => draw();
	// The shell writes below what stands there.
	const away = () => {
		clear();
		process.kill(process.pid, 'SIGSTOP');
	};
	stream.on('resize', resized);
	process.on('SIGTSTP', away);
	return () => {
		stream.off('resize', resized);
		process.off('SIGTSTP', away);
	};
}

/** What is seen from outside of the session that runs. */
function seenOf({ attempt }: Run, { opened }: Tally, logs: Logs): Omit<Vitals, 'tool'> {
	const session = attempt?.open?.session;
	const found = session && statSync(logs(session), { throwIfNoEntry: false });
	return { since: opened, sign: found && found.size > 0 ? found.mtimeMs : null };
}

/** Tells when the machine was away: the clock on the wall went on, and the one of the process did not. */
function openSleep(tell: (words: string) => void): () => void {
	let [wall, own] = [Date.now(), performance.now()];
	return () => {
		const before = wall;
		const away = Date.now() - wall - (performance.now() - own);
		[wall, own] = [Date.now(), performance.now()];
		if (away > SLEPT) tell(`☾ slept ${clock(before)}–${clock(wall)}`);
	};
}

/** In ms; less is a clock that was put right. */
const SLEPT = 60_000;

/** Draws lines that stay, and a foot that is drawn over by the next drawing. */
function openCanvas(stream: WriteStream) {
	let drawn: readonly string[] = [];
	return {
		draw(stay: readonly string[], next: readonly string[]) {
			if (stay.length === 0 && next.join('\n') === drawn.join('\n')) return;
			if (!stream.writable) return;
			// Where nothing stands at the foot, the row that the cursor is left on is an empty one.
			const rows = [...stay, ...(next.length === 0 ? [''] : next)];
			const old = rowsOf(drawn);
			const below = Math.max(0, old - rowsOf(rows));
			// Row by row: to clear a whole screen at once makes some terminals keep what stood there.
			const rest = `${`\n${WHOLE_ROW}`.repeat(below)}${up(below)}`;
			stream.write(
				`${BEGIN}${up(old - 1)}\r${rows.map((words) => words + TO_END).join('\n')}${rest}\r${END}`,
			);
			drawn = next;
		},
	};

	/** A terminal that became narrower has broken its lines meanwhile. */
	function rowsOf(lines: readonly string[]): number {
		const widths = lines.map((words) => widthOf(stripVTControlCharacters(words)));
		return widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / stream.columns)), 0);
	}
}

const TO_END = '\u001b[K';
const WHOLE_ROW = '\u001b[2K';

function up(rows: number): string {
	return rows > 0 ? `\u001b[${rows}A` : '';
}

/** Between these a terminal that knows them shows nothing half drawn; others pass over them. */
const [BEGIN, END] = ['\u001b[?2026h', '\u001b[?2026l'];
