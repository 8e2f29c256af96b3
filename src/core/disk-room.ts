import { bytes } from './format.ts';

/** How much of a disk is free: bytes and inodes. A total of 0: it has no such limit. */
export interface DiskRoom {
	readonly bytes: { readonly free: number; readonly total: number };
	readonly inodes: { readonly free: number; readonly total: number };
}

/**
 * What a disk is short of, or null. A session, a check or a candidate needs room that nobody knows beforehand: the smaller of
 * a gigabyte and a twentieth of the disk is kept free. Once it was short, half as much again ends that.
 */
export function shortOf(room: DiskRoom, before: 'short' | 'enough'): string | null {
	const factor = before === 'short' ? ENOUGH_AGAIN : 1;
	const wanted = needed(room.bytes.total, RESERVE) * factor;
	if (room.bytes.free < wanted) return `${bytes(room.bytes.free)} free, ${bytes(wanted)} needed`;
	const files = Math.ceil(needed(room.inodes.total, RESERVE_OF_INODES) * factor);
	return room.inodes.free < files ? `room for ${room.inodes.free} files, ${files} needed` : null;
}

const RESERVE = 1_000_000_000; // bytes
const RESERVE_OF_INODES = 10_000;
const PART = 0.05;
const ENOUGH_AGAIN = 1.5;

function needed(total: number, most: number): number {
	return Math.min(most, total * PART);
}
