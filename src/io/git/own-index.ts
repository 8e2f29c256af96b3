import { existsSync, rmSync, statSync } from 'node:fs';

/** An index file of the loop's own, believed only while nobody else has touched it. */
export interface OwnIndex {
	readonly file: string;
	/** Whether it is as it was remembered. */
	isTrusted(): boolean;
	/** Removes it unless it is trusted, and with it git's lock that a power cut left. */
	discardUnlessTrusted(): void;
	/** Removes the lock of a git that was ended: nobody else writes it. */
	unlock(): void;
	/** To be called after each git that wrote it. */
	remember(): void;
}

/** What is there from an earlier process is never trusted. */
export function openOwnIndex(file: string): OwnIndex {
	let known: string | null = null;
	const isTrusted = () => known !== null && fingerprint(file) === known;
	const unlock = () => rmSync(`${file}.lock`, { force: true });
	return {
		file,
		isTrusted,
		discardUnlessTrusted() {
			if (!isTrusted()) rmSync(file, { force: true });
			unlock();
		},
		unlock,
		remember() {
			known = fingerprint(file);
		},
	};
}

/** The change time cannot be set by hand, short of setting the clock. null: there is no file. */
function fingerprint(file: string): string | null {
	if (!existsSync(file)) return null;
	const { ino, size, ctimeNs, mtimeNs } = statSync(file, { bigint: true });
	return [ino, size, ctimeNs, mtimeNs].join(':');
}
