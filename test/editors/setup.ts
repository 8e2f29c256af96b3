import { mkdir } from 'node:fs/promises';

/** Scratch repositories in a folder that the project ignores. */
export async function setup(): Promise<void> {
	await mkdir('.cache/editors', { recursive: true });
}
