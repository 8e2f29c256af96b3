import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/** The output of a check, as another process appends to it. */
export interface CheckLog {
	/** Keeps it from filling the disk: where it has grown too long, all but its end is cut off. */
	cut(): void;
	/** The last part of it, at most `bytes` long. */
	last(bytes: number): string;
	close(): void;
}

/** Opened before the check runs, and then never again by its name: the check may put anything in its place. */
export function openCheckLog(file: string, { most, kept } = LIMITS): CheckLog {
	const fd = openSync(file, 'a+', 0o600);
	const end = (bytes: number) => {
		const { size } = fstatSync(fd);
		const buffer = Buffer.alloc(Math.min(bytes, size));
		return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, size - buffer.length));
	};
	return {
		cut() {
			const { size } = fstatSync(fd);
			if (size <= most) return;
			const rest = end(kept);
			ftruncateSync(fd, 0);
			// Appended, as what the check writes meanwhile is.
			writeSync(
				fd,
				Buffer.concat([Buffer.from(`[the first ${size - rest.length} bytes were cut off]\n`), rest]),
			);
		},
		last: (bytes) => end(bytes).toString('utf8'),
		close: () => closeSync(fd),
	};
}

const LIMITS = { most: 16 * 1024 * 1024, kept: 1024 * 1024 };
