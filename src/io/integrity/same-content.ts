import { closeSync, openSync, readSync } from 'node:fs';

/** Whether two files hold the same. A piece at a time: a pack may be larger than the memory. */
export function isSameContent(one: string, other: string): boolean {
	return whileOpen(one, (left) => whileOpen(other, (right) => isSame(left, right)));
}

function isSame(left: number, right: number): boolean {
	for (;;) {
		const [length, same] = [readSync(left, some), readSync(right, others)];
		if (!some.subarray(0, length).equals(others.subarray(0, same))) return false;
		if (length === 0) return true;
	}
}

function whileOpen<Result>(file: string, act: (fd: number) => Result): Result {
	const fd = openSync(file, 'r');
	try {
		return act(fd);
	} finally {
		closeSync(fd);
	}
}

/** In bytes. */
const PIECE = 64 * 1024;
// Made once: a session ends thousands of times in a night, and each time files are compared.
const [some, others] = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)];
