import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { boxes } from '../helpers/checker.ts';
import type { Repository } from '../helpers/repository.ts';
import { isHopeless, ODD } from './mix.ts';
import type { Person } from './person.ts';

/** Megabytes that the loop itself may take, and what it keeps of one night. */
const MOST_MEMORY = 150;
const MOST_DISK = 50;

/** I8: each task is done as its worker does it, or parked as it must be, and nothing else is there. */
export async function stateViolations(repository: Repository, person: Person): Promise<string[]> {
	const found: string[] = [];
	const list = await repository.read('todo.md');
	const wanted = boxes(person.list(), ' ');
	const same = (what: string, all: readonly string[], expected: readonly string[]) => {
		if (all.toSorted().join('\n') !== expected.toSorted().join('\n'))
			found.push(`I8: ${what}: ${all.join('; ')}; not ${expected.join('; ')}`);
	};
	const isDone = (task: string) => !isHopeless(task);
	same('done', boxes(list, 'x'), wanted.filter(isDone));
	same('parked', boxes(list, '!'), wanted.filter(isHopeless));
	const files = wanted.filter((task) => isDone(task) && !task.endsWith(ODD.already));
	const held = (await repository.git('ls-tree', '-r', '--name-only', 'HEAD', 'done/')).split('\n');
	same('files in HEAD', held, files.map(fileOf));
	for (const task of files.filter((one) => held.includes(fileOf(one)))) {
		const content = await repository.git('show', `HEAD:${fileOf(task)}`);
		if (content !== task) found.push(`I2: ${fileOf(task)} landed as ${JSON.stringify(content)}`);
	}
	return found;
}

/** I7, in megabytes: the most memory of any loop, and logs and record together. */
export function sizeViolations({ memory, disk }: { memory: number; disk: number }): string[] {
	return [
		...(memory > MOST_MEMORY ? [`I7: a loop of ${Math.round(memory)} MB`] : []),
		...(disk > MOST_DISK ? [`I7: ${Math.round(disk)} MB of logs`] : []),
	];
}

/** Of logs and record together, in megabytes. */
export async function diskOf({ path }: Repository): Promise<number> {
	const folders = ['.nightloop', '.git/nightloop'].map((name) => join(path, name));
	const files = await Promise.all(
		folders.map(async (folder) =>
			(await readdir(folder, { recursive: true })).map((name) => join(folder, name)),
		),
	);
	const sizes = await Promise.all(files.flat().map(async (file) => (await stat(file)).size));
	return sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20;
}

function fileOf(task: string): string {
	return `done/${task.replaceAll(/[^a-zA-Z0-9]/g, '-')}.txt`;
}
