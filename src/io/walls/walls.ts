import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { isAuthor } from '../../core/notes.ts';
import type { Role } from '../../core/types.ts';
import { treeWithin } from './enclosure.ts';
import { layersOf, remove } from './layers.ts';
import { systemProgram } from '../find-program.ts';
import { isShortage, mishap } from '../mishap.ts';
import { mountsBelow } from './mounts.ts';
import type { Command } from '../program.ts';

import type { Project } from '../project.ts';
import { workerWalls } from './worker-walls.ts';

/** The isolation level in force. */
export type Walls =
	| { readonly level: 'namespaces'; readonly tools: Tools }
	/** `why`: what stands in the way of namespaces; null where they are not wanted. */
	| { readonly level: 'groups'; readonly why: string | null };

/** The programs that put walls up, as absolute paths, and how they have to be asked. */
export interface Tools {
	readonly sh: string;
	readonly mount: string;
	readonly setpriv: string;
	readonly unshare: string;
	/**
	 * A user who may not mount needs a user namespace; within one, as in a container without root, the marks of an
	 * overlay are in attributes of the user.
	 */
	readonly as: 'root' | 'root of a user namespace' | 'user';
}

/** What a session, or a check, can write to that is not its own. `work tree`: the steering files in it aside. */
export type Reach = 'everything' | 'work tree' | 'nothing';

/** Within namespaces a worker has the work tree alone, and all others a room over it. */
export function reachOf(walls: Walls, role: Role | 'check'): Reach {
	if (walls.level === 'groups') return 'everything';
	return role !== 'check' && isAuthor(role) ? 'work tree' : 'nothing';
}

/**
 * Finds out, by trying, whether namespaces can be had here: within the walls of a worker a file is written to the
 * repository and removed, and git tells its status. Leaves nothing behind.
 */
export async function probeWalls(project: Project): Promise<Walls> {
	const tools = await findTools();
	if (typeof tools === 'string') return { level: 'groups', why: tools };
	const [inside] = mountsBelow(project.root);
	if (inside)
		return { level: 'groups', why: `${inside} is a mount of its own, and an overlay does not show it` };
	try {
		await tryWalls(project, tools);
		return { level: 'namespaces', tools };
	} catch (error) {
		// What is short now says nothing about what can be had.
		if (isShortage(error)) throw error;
		return { level: 'groups', why: mishap(error) };
	} finally {
		await remove(layersOf(project, PROBE));
	}
}

async function tryWalls(project: Project, tools: Tools): Promise<void> {
	const walls = workerWalls(project, tools, PROBE);
	const trial = path.join(project.folder, `.nightloop-${randomUUID()}`);
	const script = [tools.sh, '-c', TRIAL, 'sh', trial] as const;
	const silent = [tools.sh, '-c', 'exec "$@" 3>/dev/null', 'sh'] as const;
	const inside = (git: Command): Command => [
		...silent,
		...treeWithin(walls, project.root, [...script, ...git]),
	];
	await project.git(['status', '--porcelain', '--untracked-files=no', '--ignore-submodules=all'], { inside });
}

const PROBE = 'probe';
const TRIAL = ': >"$1" && rm "$1" && shift && exec "$@"';

/** Or what is missing. */
async function findTools(): Promise<Tools | string> {
	if (process.platform !== 'linux') return 'namespaces are a thing of Linux';
	const found = await Promise.all(['sh', 'mount', 'setpriv', 'unshare'].map((name) => systemProgram(name)));
	const [sh, mount, setpriv, unshare] = found;
	if (!sh || !mount || !setpriv || !unshare)
		return 'sh, mount, setpriv or unshare (util-linux) was not found';
	return { sh, mount, setpriv, unshare, as: mountsAs() };
}

/** By CAP_SYS_ADMIN (capabilities(7)), and by whether all users are there (user_namespaces(7)). */
function mountsAs(): Tools['as'] {
	const status = readFileSync('/proc/self/status', 'utf8');
	const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
	if ((BigInt(`0x${effective}`) & CAP_SYS_ADMIN) === 0n) return 'user';
	const isInitial = /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
	return isInitial ? 'root' : 'root of a user namespace';
}

const CAP_SYS_ADMIN = 1n << 21n;
