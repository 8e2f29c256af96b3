import { applyMark } from '../../core/todo/todo.ts';
import type { Event, Mark, TaskId, Todo, TodoOnDisk } from '../../core/types.ts';
import { boxesFor } from './marker.ts';
import { stableRead, statKey } from './todo-file.ts';
import type { Read } from './todo-file.ts';
import { parseList } from './parsed-list.ts';

/** The list as a person edits it: seen at once, acting when it has stood. */
export interface List {
	/** What acts now, `settle` ms after it was seen. Tells of every edit when it is seen. `now`: of a clock that nobody sets, in ms. */
	look(now: number, settle: number): Promise<TodoOnDisk>;
	/** Takes in a mark that the loop wrote itself: it is no edit, and acts at once. */
	marked(id: TaskId, as: Mark): void;
	/** Whether the file is not as it was seen last. */
	isStale(): boolean;
	/** When the edit that was seen last acts, by the clock of `look`; null when none is pending. */
	actsAt(settle: number): number | null;
}

interface Version {
	readonly bytes: Uint8Array;
	readonly todo: TodoOnDisk;
	readonly key: string | null;
	/** When it was seen, in ms since 1970. */
	readonly since: number;
}

/** The first reading acts at once: it is what the loop was started on. */
export function openList(file: string, first: Read, optional: boolean, tell: (event: Event) => void): List {
	let seen = version(first, optional, 0);
	let acting = seen;
	let doubtedSince: number | null = null;
	const isPending = () => acting !== seen;
	/** Editors empty a file, or move it away, before they write it. */
	const isBeingSaved = ({ kind }: TodoOnDisk, now: number) => {
		doubtedSince = kind === 'absent' || kind === 'empty' ? (doubtedSince ?? now) : null;
		return doubtedSince !== null && now - doubtedSince < SAVING;
	};

	return {
		async look(now, settle) {
			const isNew = statKey(file) !== seen.key;
			if (!isNew) doubtedSince = null;
			const read = isNew ? version(await stableRead(file), optional, now) : seen;
			if (isNew && !isBeingSaved(read.todo, now)) {
				const isSame = read.todo.kind === seen.todo.kind && Buffer.from(read.bytes).equals(seen.bytes);
				const wasActing = !isPending();
				if (!isSame) tell({ event: 'edited', summary: summary(seen.todo, read.todo) });
				seen = isSame ? { ...read, since: seen.since } : read;
				if (isSame && wasActing) acting = seen;
			}
			if (isPending() && now >= seen.since + settle) acting = seen;
			return acting.todo;
		},
		marked(id, as) {
			const isSettled = !isPending();
			seen = marked(seen, id, as, optional);
			acting = isSettled ? seen : marked(acting, id, as, optional);
		},
		isStale: () => statKey(file) !== seen.key,
		actsAt: (settle) => (isPending() ? seen.since + settle : null),
	};
}

/** The longest that a save leaves a file absent or empty, in ms. */
const SAVING = 1000;

function version(read: Read, optional: boolean, since: number): Version {
	if (read.kind === 'absent') return { bytes: new Uint8Array(), todo: { kind: 'absent' }, key: null, since };
	return { bytes: read.bytes, todo: parseList(read.bytes, { optional }), key: read.key, since };
}

/** As the file is when nothing but the mark was written since: what a person saved meanwhile is an edit of its own. */
function marked(version: Version, id: TaskId, as: Mark, optional: boolean): Version {
	const boxes = version.todo.kind === 'list' ? boxesFor(version.todo.todo, id, as) : 'gone';
	if (boxes === 'gone') return version;
	const bytes = boxes.reduce((before, box) => applyMark(before, box, as), version.bytes);
	return { ...version, bytes, todo: parseList(bytes, { optional }) };
}

function summary(before: TodoOnDisk, after: TodoOnDisk): string {
	switch (after.kind) {
		case 'absent':
			return 'todo.md is gone';
		case 'empty':
			return 'todo.md is empty';
		case 'broken':
			return `todo.md, line ${after.line}: ${after.why}`;
		case 'list':
			return difference(before.kind === 'list' ? before.todo : { tasks: [], ignored: [] }, after.todo);
	}
}

function difference(before: Todo, after: Todo): string {
	const [had, has] = [before, after].map(({ tasks }) => new Set(tasks.map(({ id }) => id))) as [
		Set<TaskId>,
		Set<TaskId>,
	];
	const added = after.tasks.filter(({ id }) => !had.has(id));
	const gone = before.tasks.filter(({ id }) => !has.has(id));
	const ignored = after.ignored.filter(({ text }) => !before.ignored.some((box) => box.text === text));
	const words = [
		...(added.length > 0 ? [`${added.length} added (line ${added[0]!.line})`] : []),
		...(gone.length > 0 ? [`${gone.length} gone`] : []),
		...(ignored.length > 0
			? [`${ignored.length} ignored (line ${ignored[0]!.line}: ${ignored[0]!.why})`]
			: []),
	];
	return words.length > 0 ? `todo.md: ${words.join(', ')}` : 'todo.md was edited';
}
