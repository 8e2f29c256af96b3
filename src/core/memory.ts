import { plainLine } from './plain.ts';
import { splitFrontMatter } from './rules/front-matter.ts';
import { flag, readerOf, text, texts, unexpected, type Read } from './rules/keys.ts';
import { ROLES } from './rules/prompt-file.ts';
import type { Role } from './types.ts';

/** One file of memory/: its path from the `-C` folder, and what is in it. */
export interface NoteFile {
	readonly path: string;
	readonly text: string;
}

/** What a session gets of the notes. `flaws`: front matter that could not be read, one line each. */
export interface Memory {
	readonly text: string;
	readonly flaws: readonly string[];
}

/**
 * The notes for a role as one text, within `capTokens` (taken as four characters each). All stand whole under their paths
 * where that fits; else those with `always: true` come first, then others in order of path as far as there is room, and
 * the rest is named with its summary, so that the session can read it. A note whose front matter is bad is for everybody,
 * as it stands: sessions write these files.
 */
export function memoryText(files: readonly NoteFile[], role: Role, capTokens: number): Memory {
	const all = files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(readNote);
	const flaws = all.flatMap(({ flaw }) => (flaw === null ? [] : [flaw]));
	const notes = all.filter(({ roles }) => roles.includes(role));
	const inOrder = [...notes.filter(({ always }) => always), ...notes.filter(({ always }) => !always)];
	return { text: within(inOrder, role, capTokens * 4), flaws };
}

interface Note {
	readonly path: string;
	readonly body: string;
	readonly roles: readonly Role[];
	readonly always: boolean;
	readonly summary: string;
	readonly flaw: string | null;
}

function readNote({ path, text: whole }: NoteFile): Note {
	try {
		const front = splitFrontMatter(path, whole);
		const read = readerOf({ file: path, front, noun: 'key of a note', notices: [] }, front.data, KEYS);
		return {
			path,
			body: front.body,
			roles: read('for', roles, ROLES),
			always: read('always', flag, false),
			summary: plainLine(read('summary', text, firstWords(front.body)), LONGEST_SUMMARY),
			flaw: null,
		};
	} catch (error) {
		const flaw = `${plainLine((error as Error).message)} The note is given to all as it stands.`;
		return { path, body: whole, roles: ROLES, always: false, summary: firstWords(whole), flaw };
	}
}

const KEYS = ['for', 'always', 'summary'];
const LONGEST_SUMMARY = 200;

const roles: Read<readonly Role[]> = (field) =>
	texts(field).map((name) => {
		const role = ROLES.find((each) => each === name);
		if (role === undefined) throw unexpected({ ...field, value: name }, `one of ${ROLES.join(', ')}`);
		return role;
	});

/** The first heading, or else the first line. */
function firstWords(body: string): string {
	const heading = /^#{1,6}[ \t]+(\S.*)/m.exec(body)?.[1];
	return plainLine(heading ?? body, LONGEST_SUMMARY);
}

function within(notes: readonly Note[], role: Role, room: number): string {
	const whole = notes.map(asSection).join('\n');
	if (whole.length <= room) return whole;
	const ofLines = Math.min(`${notes.map(asLine).join('\n')}\n`.length, Math.floor(room / 4));
	const shown = fitting(notes, asSection, room - ofLines);
	const rest = notes.filter((note) => !shown.includes(note));
	const named = fitting(rest, asLine, ofLines);
	const more = rest.length - named.length;
	const lines = [...named.map(asLine), ...(more > 0 ? [`- and ${more} more in memory/`] : [])];
	return [...shown.map(asSection), `${unshown(role)}\n${lines.join('\n')}\n`].join('\n');
}

function asSection({ path, body }: Note): string {
	return `### ${path}\n\n${body.trim()}\n`;
}

function asLine({ path, summary }: Note): string {
	return `- ${path}${summary === '' ? '' : `: ${summary}`}`;
}

/** Those that there is room for, each in its turn; with the line between two of them. */
function fitting(notes: readonly Note[], as: (note: Note) => string, room: number): Note[] {
	let left = room;
	return notes.filter((note) => {
		const { length } = as(note);
		if (length + 1 > left) return false;
		left -= length + 1;
		return true;
	});
}

/** In its room a reviewer finds the notes as the author left them. */
function unshown(role: Role): string {
	const how = role === 'reviewer' ? " as of base (git show 'HEAD:./PATH')" : '';
	return `Too long to be shown here; read those that the task needs${how}:`;
}
