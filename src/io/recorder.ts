import type { Entry, Event, Scene } from '../core/types.ts';
import { noteRecorded } from './integrity/integrity.ts';
import type { Journal } from './journal.ts';
import { openNotifier } from './notify.ts';
import type { Project } from './project.ts';

/** Puts on record what happens, and tells it to whoever wants to know. */
export interface Recorder {
	/** On disk when it resolves. */
	record(event: Event): Promise<Entry>;
	/** What was seen while the loop does something else: one after the other. */
	tell(event: Event): void;
	/** Resolves when all that was told is on disk. */
	told(): Promise<unknown>;
	/** Takes in what the person wants, as of now, and shows it. */
	heed(scene: Scene): Scene;
	/** Waits a little for what `notify` still has to say. */
	close(): Promise<void>;
}

interface RecorderOptions {
	readonly project: Project;
	readonly journal: Journal;
	readonly onEntry: (entry: Entry) => void;
	readonly onScene: (scene: Scene) => void;
}

export function openRecorder({ project, journal, onEntry, onScene }: RecorderOptions): Recorder {
	let last: Promise<unknown> = Promise.resolve();
	let scene: Scene | null = null;
	const notifier = openNotifier({
		folder: project.folder,
		root: project.root,
		failed: (text) => tell({ event: 'notice', text }),
	});
	const record = async (event: Event) => {
		const entry = await journal.append(event);
		noteRecorded(project, entry);
		onEntry(entry);
		notifier.hear(entry, scene?.settings.notify ?? null);
		return entry;
	};
	const tell = (event: Event) => {
		last = last.then(() => record(event));
		// It is heard of by whoever asks next.
		last.catch(() => undefined);
	};
	return {
		record,
		tell,
		told: () => last,
		heed(now) {
			scene = now;
			onScene(now);
			return now;
		},
		close: () => notifier.drain(scene?.stop.kind === 'now' ? HURRIED : UNHURRIED),
	};
}

/** For the last word to get out, in ms: a stop is to be over within three seconds. */
const HURRIED = 1000;
const UNHURRIED = 5000;
