import { closeSync, fstatSync, readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';

/**
 * Closes folders that whoever started the loop left open in it. A program that the loop spawns would inherit them, and from
 * an open folder a path leads past every wall. What node opens itself is closed to others by a flag. Linux only.
 */
export function closeInheritedFolders(): void {
	if (process.platform !== 'linux') return;
	const open = readdirSync('/proc/self/fd').map(Number);
	for (const fd of open) if (fd > 2 && isInheritedFolder(fd)) closeSync(fd);
}

function isInheritedFolder(fd: number): boolean {
	try {
		const [, flags = '0'] =
			/^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
		return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0 && fstatSync(fd).isDirectory();
	} catch (error) {
		// The one that the list was read through.
		if (['ENOENT', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
		throw error;
	}
}

/** O_CLOEXEC on Linux. */
const CLOSE_ON_EXEC = 0o2000000;
