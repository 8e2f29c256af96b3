import { closeSync, openSync, readSync } from 'node:fs';

/** Whether two files hold the same. A piece at a time: a pack may be larger than the memory. */
export function isSameContent(one: string, other: string): boolean {
	const [left, right] = [openSync(one, 'r'), openSync(other, 'r')];
	const [some, same] = [Buffer.allocUnsafe(PIECE), Buffer.allocUnsafe(PIECE)];
	try {
		for (;;) {
			const [length, others] = [readSync(left, some), readSync(right, same)];
			if (!some.subarray(0, length).equals(same.subarray(0, others))) return false;
			if (length === 0) return true;
		}
	} finally {
		closeSync(left);
		closeSync(right);
	}
}

/** In bytes. */
const PIECE = 64 * 1024;
