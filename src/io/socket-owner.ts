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
	const pid = pids.find((each) => hasOpen(each, `socket:[${inode}]`));
	return pid === undefined ? null : Number(pid);
}

/** `__SO_ACCEPTCON`, in include/uapi/linux/net.h. */
const LISTENS = '00010000';

function hasOpen(pid: string, what: string): boolean {
	try {
		const folder = `/proc/${pid}/fd`;
		return readdirSync(folder).some((fd) => readlinkSync(`${folder}/${fd}`) === what);
	} catch {
		// It ended meanwhile, or is somebody else's.
		return false;
	}
}
