import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/** The output of a check, as another process appends to it. */
export interface CheckLog {
	/** Keeps it from filling the disk: where it has grown too long, all but its end is taken out. */
	cut(): void;
	/** The last part of it, at most `bytes` long. */
	last(bytes: number): string;
	/** Puts the end of what was taken out back in its place. To be called when nothing writes to it any more. */
	close(): void;
}

/** Opened before the check runs, and then never again by its name: the check may put anything in its place. */
export function openCheckLog(file: string, { most, kept } = LIMITS): CheckLog {
	const fd = openSync(file, 'a+', 0o600);
	let gone = 0;
	/** Of what was taken out. Kept here, as what is appended while it is cut must come after it. */
	let before: Buffer = Buffer.alloc(0);
	const end = (bytes: number) => {
		const { size } = fstatSync(fd);
		const buffer = Buffer.alloc(Math.min(bytes, size));
		return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, size - buffer.length));
	};
	const size = () => fstatSync(fd).size;
	const lastOf = (bytes: number) => Buffer.concat([before, end(bytes)]).subarray(-bytes);
	const cut = () => {
		if (size() <= most) return;
		let seen = 0;
		// What comes between the last look and the cut is lost: the less time there is for it, the better.
		for (let looks = 0; seen !== size() && looks < MOST_LOOKS; looks++) {
			seen = size();
			before = end(kept);
		}
		ftruncateSync(fd, 0);
		gone += seen;
	};
	return {
		cut,
		last: (bytes) => lastOf(bytes).toString('utf8'),
		close() {
			cut();
			if (gone > 0) {
				const rest = end(most);
				ftruncateSync(fd, 0);
				const note = Buffer.from(`[the first ${gone - before.length} bytes were cut off]\n`);
				writeSync(fd, Buffer.concat([note, before, rest]));
			}
			closeSync(fd);
		},
	};
}

const MOST_LOOKS = 5;
const LIMITS = { most: 16 * 1024 * 1024 - 1024 * 1024, kept: 1024 * 1024 };
