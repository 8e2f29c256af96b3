import { createHash } from 'node:crypto';
import type { Git } from './git.ts';

/** An object as git stores it, one character a byte. */
interface GitObject {
	readonly type: string;
	readonly content: string;
	/** `changed`: it is not what its name says, as nobody can make it by way of git. */
	readonly state: 'intact' | 'changed';
}

/** Objects by their ids. What is not there is left out. */
export interface Objects {
	get(id: string): GitObject | null;
	/** Reads all that were not asked for before, by one git. */
	load(ids: Iterable<string>): Promise<void>;
}

export function openObjects(git: Git): Objects {
	const known = new Map<string, GitObject | null>();
	return {
		get: (id) => known.get(id) ?? null,
		async load(ids) {
			const wanted = [...new Set(ids)].filter((id) => !known.has(id));
			if (wanted.length === 0) return;
			const output = await git(['cat-file', '--batch'], {
				input: `${wanted.join('\n')}\n`,
				encoding: 'latin1',
			});
			for (const id of wanted) known.set(id, null);
			for (const [id, object] of objectsIn(output)) known.set(id, object);
		},
	};
}

/** The name that git gives to an object, of the same kind as `like`, in hex. */
export function idOf(type: string, content: string, like: string): string {
	const bytes = Buffer.from(content, 'latin1');
	const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
	return hash.update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

/** `ID TYPE SIZE LF content LF`, or `ID missing LF`. */
function* objectsIn(output: string): Generator<[string, GitObject]> {
	for (let at = 0; at < output.length;) {
		const end = output.indexOf('\n', at);
		const [id = '', type = '', size] = output.slice(at, end).split(' ');
		at = end + 1;
		if (size === undefined) continue;
		const content = output.slice(at, at + Number(size));
		yield [id, { type, content, state: idOf(type, content, id) === id ? 'intact' : 'changed' }];
		at += Number(size) + 1;
	}
}
