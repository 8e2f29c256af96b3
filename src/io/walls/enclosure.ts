import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Command } from '../program.ts';
import type { Tools } from './walls.ts';

/** Walls around one process tree: a mount namespace of its own, and what is mounted in it before the first program runs. */
export interface Enclosure {
	readonly tools: Tools;
	/** Where the layers lie that are mounted. */
	readonly folder: string;
	/** The name of the file in it that tells what to mount. */
	readonly mounts: string;
}

/** Lays down what is to be mounted, as lines of fstab(5), and which files that must close to writing. */
export function enclose(
	tools: Tools,
	folder: string,
	lines: readonly string[],
	readOnly: readonly string[] = [],
	mounts = 'mounts',
): Enclosure {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	// Looked at again before anything runs: mount passes over a file on which another one is mounted already.
	writeFileSync(path.join(folder, `${mounts}.read-only`), readOnly.map((file) => `${file}\n`).join(''));
	writeFileSync(path.join(folder, mounts), `${lines.join('\n')}\n`, { mode: 0o600 });
	return { tools, folder, mounts };
}

/**
 * The command that runs another one within walls, as a process tree that is gone with its first process: a process
 * namespace of its own, no capabilities, and an end of its own when this process dies. It writes the process id of its
 * first process to descriptor 3 once the walls stand; ended by that, all of it is gone when the command ends.
 */
export function treeWithin({ tools, folder, mounts }: Enclosure, cwd: string, command: Command): Command {
	const { setpriv, sh, unshare, mount } = tools;
	const apart = [unshare, ...userFlags(tools), '--mount', '--pid', '--fork', '--kill-child=SIGKILL'];
	const first = [sh, '-c', FIRST_PROCESS, 'sh', mount, mounts, folder, cwd, setpriv, ...command];
	const parent = String(process.pid);
	return [setpriv, '--pdeathsig', 'KILL', sh, '-c', UNDER_ITS_PARENT, 'sh', parent, ...apart, ...first];
}

/** The command that runs a program of the loop's own with the same mounts. */
export function viewWithin({ tools, folder, mounts }: Enclosure, cwd: string, command: Command): Command {
	const { sh, unshare, mount } = tools;
	return [
		unshare,
		...userFlags(tools),
		'--mount',
		sh,
		'-c',
		VIEW,
		'sh',
		mount,
		mounts,
		folder,
		cwd,
		...command,
	];
}

function userFlags({ as }: Tools): string[] {
	return as === 'user' ? ['--user', '--map-current-user', '--keep-caps'] : [];
}

/** The signal of a parent's death is not sent for one who died before it was asked for (prctl(2)). */
const UNDER_ITS_PARENT = '[ "$PPID" = "$1" ] || exit 125; shift; exec "$@"';

/** Stays itself: an agent must not be the first process, which signals do not end and which inherits all orphans. */
const FIRST_PROCESS = `
read -r self rest </proc/self/stat
mount=$1 mounts=$2 layers=$3 cwd=$4 drop=$5
shift 5
cd "$layers" && "$mount" --all --fstab "$mounts" || exit 125
while IFS= read -r file; do
	[ ! -w "$file" ] || { echo "$file could not be made read-only"; exit 125; } >&2
done <"$mounts.read-only"
cd "$cwd" || exit 125
echo "$self" >&3
exec 3>&-
"$drop" --bounding-set -all --inh-caps -all --ambient-caps -all --no-new-privs "$@"
exit $?`;

const VIEW = 'cd "$3" && "$1" --all --fstab "$2" && cd "$4" || exit 125; shift 4; exec "$@"';
