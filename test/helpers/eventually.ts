import { setTimeout as pause } from 'node:timers/promises';

/** Resolves as soon as the condition holds; throws an error that says `wanted` when it does not within `ms`. */
export async function eventually(
	holds: () => Promise<boolean> | boolean,
	wanted: () => string,
	ms = 30_000,
): Promise<void> {
	const deadline = Date.now() + ms;
	while (!(await holds())) {
		if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${wanted()}`);
		await pause(20);
	}
}
