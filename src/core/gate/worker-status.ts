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
	const why = typeof red === 'string' ? cut(red.trim(), 4000) : '';
	return { status, reason: cut(reason.trim(), 4000), red: why === '' ? null : why };
}

const statuses = ['done', 'already-done', 'blocked'] as const;
