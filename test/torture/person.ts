import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, unmarked } from '../editors/person.ts';
import type { Edit } from '../editors/editors.ts';
import { processesOf } from '../helpers/processes.ts';
import type { Repository } from '../helpers/repository.ts';
import { readdir } from 'node:fs/promises';

/** Somebody who goes on with the list, and with work of their own, while the loop is at it. */
export interface Person {
	/** The list as they saved it last, every box open. */
	list(): Buffer;
	/** Their own commits, oldest first. */
	readonly commits: readonly string[];
	/** What they found changed that they did not change. */
	readonly complaints: readonly string[];
	/** Saves the list, in the way of one program or another, unless they leave it at that. Over when it returns. */
	save(): 'saved' | 'enough';
	/** Commits a file, while no loop runs: unless a git still holds a lock. */
	commit(): Promise<void>;
	/** Stages another README.md than lies in the work tree, likewise. */
	stage(): Promise<'staged' | 'not now'>;
}

/** They never touch a task that the loop may be at, and in time leave it to come to an end. */
export function personAt(repository: Repository, random: () => number): Person {
	const file = join(repository.path, 'todo.md');
	const commits: string[] = [];
	const complaints: string[] = [];
	let lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
	let saves = 0;
	// A list that grows faster than it is worked off has no end.
	const most = lines.filter((line) => line.startsWith('- [ ]')).length;
	const text = () => `${lines.join('\n')}\n`;
	return {
		list: () => Buffer.from(text()),
		commits,
		complaints,
		save() {
			const found = readFileSync(file, 'utf8');
			if (unmarked(found) !== text()) complaints.push(`I1: before a save, the list was\n${found}`);
			const disk = found.split('\n').slice(0, -1);
			const edit = saves < most ? nextEdit(disk, ++saves, random) : null;
			if (edit === null) return 'enough';
			lines = after(lines, edit);
			write(file, disk, edit, random);
			return 'saved';
		},
		async commit() {
			if (await isBusy(repository)) return;
			const name = `own/${commits.length + 1}.txt`;
			await repository.write(name, 'my own work\n');
			await repository.git('add', name);
			await repository.git('commit', '--quiet', '--message', `Do ${name}`, '--only', name);
			commits.push(await repository.git('rev-parse', 'HEAD'));
		},
		async stage() {
			if (await isBusy(repository)) return 'not now';
			const now = await repository.read('README.md');
			await repository.write('README.md', 'A project that is staged.\n');
			await repository.git('add', 'README.md');
			await repository.write('README.md', now);
			return 'staged';
		},
	};
}

/** Before them come the front matter and the heading. */
const HEADING = 5;
/** A task may be reworded, or taken out, when so many open ones come before it. */
const FAR = 8;

/** null: they leave it at that. */
function nextEdit(disk: readonly string[], count: number, random: () => number): Edit | null {
	const open = disk.flatMap((line, index) => (line.startsWith('- [ ]') ? [index + 1] : []));
	const far = open.slice(FAR).filter((at) => !disk[at - 1]?.includes(','));
	if (open.length < 4) return null;
	const pick = (from: number, to: number) => from + Math.floor(random() * (to - from));
	const one = far[pick(0, far.length)];
	const note = `Note ${count}`;
	const task = `- [ ] errand ${count}`;
	const kind = random();
	if (kind < 0.15 && one !== undefined)
		return { kind: 'reword', at: one, line: `- [ ] thing reworded ${count}` };
	if (kind < 0.2 && one !== undefined) return { kind: 'delete', at: one };
	if (kind < 0.35) return { kind: 'add', below: pick(HEADING, open[0] ?? HEADING), line: task };
	if (kind < 0.5) return { kind: 'add', below: pick(HEADING, disk.length + 1), line: task };
	return { kind: 'add', below: kind < 0.75 ? disk.length : pick(HEADING, disk.length + 1), line: note };
}

/** What is added at the end may be appended; all else is written in place, or aside and renamed. */
function write(file: string, disk: readonly string[], edit: Edit, random: () => number): void {
	const style = random();
	const whole = `${after(disk, edit).join('\n')}\n`;
	if (edit.kind === 'add' && edit.below === disk.length && style < 0.7)
		appendFileSync(file, `${edit.line}\n`);
	else if (style < 0.5) writeFileSync(file, whole);
	else {
		writeFileSync(`${file}~`, whole);
		renameSync(`${file}~`, file);
	}
}

/** Whether a git is at work still, or died and left a lock: they would try again later. */
async function isBusy({ scratch, path }: Repository): Promise<boolean> {
	const gits = (await processesOf(scratch)).filter(({ command }) => /^\S*git\b/.test(command));
	const names = await readdir(join(path, '.git'), { recursive: true });
	return gits.length > 0 || names.some((name) => name.endsWith('.lock') && !name.startsWith('nightloop/'));
}
