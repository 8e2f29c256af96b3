import { lastFence } from './fence.ts';
import { jsonObject } from '../json.ts';
import { cut } from '../plain.ts';
import type { WorkerStatus } from '../types.ts';

/**
 * The honest exit of a worker: the fence ` ```status ` that ends its final message, holding `{"status","reason","red"?}`.
 * Texts are cut at 4,000 characters. null where there is none, or one that cannot be read: then the tree alone speaks.
 */
export function readStatus(text: string): WorkerStatus | null {
	const { status: told, reason = '', red = '' } = jsonObject(lastFence(text, 'status') ?? '') ?? {};
	const status = statuses.find((known) => known === told);
	if (status === undefined || typeof reason !== 'string') {
		return null;
	}
	return { status, reason: cut(reason.trim(), 4000), red: readRed(red) };
}

/** A model may say that it is so without saying why. */
function readRed(red: unknown): string | null {
	if (red === true) return 'the session did not say why';
	const why = typeof red === 'string' ? cut(red.trim(), 4000) : '';
	return why === '' ? null : why;
}

const statuses = ['done', 'already-done', 'blocked'] as const;
