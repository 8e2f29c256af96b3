import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import process from 'node:process';

/**
 * The pid of the process that listens at a name of Linux's abstract namespace, by /proc/net/unix (`Num RefCount Protocol
 * Flags Type St Inode Path`, proc(5); what libuv fills the path up with shows as further @). null: it has ended, or is another user's, or this is no Linux.
 */
export function socketOwner(name: string): number | null {
	if (process.platform !== 'linux') return null;
	const sockets = readFileSync('/proc/net/unix', 'utf8').split('\n');
	const fields = sockets.map((line) => line.split(' ').filter(Boolean));
	const inode = fields.find(
		([, , , flags, , , , path]) => flags === LISTENS && path?.replace(/@*$/, '') === `@${name}`,
	)?.[6];
	if (inode === undefined) return null;
	const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
	const holders = pids.filter((pid) => hasOpen(pid, `socket:[${inode}]`));
	// A child that it has just forked has it too, until it is another program.
	const pid = holders.find((each) => !holders.includes(parentOf(each) ?? ''));
	return pid === undefined ? null : Number(pid);
}

/** `__SO_ACCEPTCON`, in include/uapi/linux/net.h. */
const LISTENS = '00010000';

function hasOpen(pid: string, what: string): boolean {
	const folder = `/proc/${pid}/fd`;
	const open = unlessGone(() => readdirSync(folder)) ?? [];
	return open.some((fd) => unlessGone(() => readlinkSync(`${folder}/${fd}`)) === what);
}

/** By `pid (command) state ppid ...` in /proc/PID/stat (proc(5)). */
function parentOf(pid: string): string | undefined {
	return unlessGone(() => /\) \S (\d+) [^)]*$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
}

/** undefined: it ended meanwhile, or is somebody else's. */
function unlessGone<Result>(look: () => Result): Result | undefined {
	try {
		return look();
	} catch {
		return undefined;
	}
}
