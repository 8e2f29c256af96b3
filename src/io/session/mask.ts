import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, writeSync } from 'node:fs';

/** Overwrites every occurrence of a secret in a file with `#`, in place and in constant memory. */
export function maskInFile(file: string, secret: string): void {
	// Its session may have removed it, or put a link or a pipe in its place.
	if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return;
	const fd = openSync(file, constants.O_RDWR | constants.O_NOFOLLOW);
	try {
		const needle = Buffer.from(secret);
		const cover = Buffer.alloc(needle.length, '#');
		const chunk = Buffer.allocUnsafe(CHUNK);
		const { size } = fstatSync(fd);
		// Chunks overlap by what a secret cut in two would need.
		for (let start = 0; start < size; start += CHUNK - needle.length) {
			const part = chunk.subarray(0, readSync(fd, chunk, 0, CHUNK, start));
			for (let at = part.indexOf(needle); at !== -1; at = part.indexOf(needle, at + 1)) {
				writeSync(fd, cover, 0, cover.length, start + at);
			}
		}
	} finally {
		closeSync(fd);
	}
}

const CHUNK = 1024 * 1024;
