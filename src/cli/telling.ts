import path from 'node:path';
import process from 'node:process';
import type { Entry, Scene, SessionId } from '../core/types.ts';
import { keepReport } from '../io/keep-report.ts';
import type { Project } from '../io/project.ts';
import { openScreen } from '../io/screen.ts';
import type { Screen } from '../io/screen.ts';
import type { Flags } from './options.ts';

/** Who tells a story beside the lines: what each entry proves. */
export type Narrator = (entry: Entry) => string | null;

/** Everything that tells what a loop does: its screen, and the report that is there in the morning. */
export interface Telling {
	onEntry(entry: Entry): void;
	onScene(scene: Scene): void;
	onTool(words: string | null): void;
	close(): Promise<void>;
}

/** `before`: what is on record when it begins. */
export async function openTelling(
	project: Project,
	before: readonly Entry[],
	flags: Flags,
	narrate: Narrator | undefined,
): Promise<Telling> {
	const screen = await screenFor(project, before, flags, narrate);
	const report = keepReport(project);
	let stop: Scene['stop']['kind'] = 'none';
	return {
		onEntry(entry) {
			screen.entry(entry);
			report.changed();
		},
		onScene(scene) {
			stop = scene.stop.kind;
			screen.scene(scene);
		},
		onTool: (words) => screen.tool(words),
		async close() {
			screen.close();
			await report.close(stop === 'now' ? HURRIED : UNHURRIED);
		},
	};
}

/** For the last report, in ms: a stop is to be over within three seconds. */
const HURRIED = 1500;
const UNHURRIED = 20_000;

/** Alive on a terminal that can be drawn on; plain where somebody tells a story beside it, line by line. */
function screenFor(
	project: Project,
	before: readonly Entry[],
	flags: Flags,
	narrate: Narrator | undefined,
): Promise<Screen> {
	const canDraw = process.stdout.isTTY && process.env['TERM'] !== 'dumb' && narrate === undefined;
	const look = flags.json ? 'json' : flags.plain || !canDraw ? 'plain' : 'live';
	const logs = (session: SessionId) => path.join(project.logs, 'sessions', session, 'output.jsonl');
	return openScreen(look, { logs, before, narrate: narrate ?? (() => null) });
}
