import { endWords } from '../ends.ts';
import { countFences, lastFence } from './fence.ts';
import { isObject, jsonObject } from '../json.ts';
import { cut } from '../plain.ts';
import type { Finding, SessionEnd, Verdict } from '../types.ts';

/**
 * What a reviewer session said of a candidate, read so that every doubt is *not approved*.
 *
 * Its final message (`text`) must end with one fence ` ```verdict NONCE ` that holds
 * `{"verdict":"approve"|"reject","findings":[{"what","evidence","blocking"}],"red"?}`. Fences with another nonce, quoted from a
 * file perhaps, say nothing: neither can they approve nor spoil what the reviewer says. An approval with a finding that
 * blocks is a rejection; so is one whose finding does not say plainly `"blocking":false`.
 *
 * `roomChanges` are the tracked files left changed in the room: then the verdict is about something else. Findings are
 * kept up to 50, those that block first, each text up to 4,000 characters. `why` is one short sentence.
 */
export function readVerdict(input: {
	text: string;
	nonce: string;
	end: SessionEnd;
	roomChanges: readonly string[];
	reviewer: string;
}): Verdict {
	const said = whyVoid(input) ?? readFence(input.text, input.nonce);
	return typeof said === 'string' ? unreadable(said) : judge(said, input.reviewer);
}

type Said = Readonly<Record<string, unknown>>;

function whyVoid({ end, roomChanges }: Parameters<typeof readVerdict>[0]): string | null {
	if (end.kind !== 'completed') {
		return `the session did not end well: ${endWords(end)}`;
	}
	return roomChanges.length > 0 ? `it left tracked files changed in its room: ${named(roomChanges)}` : null;
}

function named(paths: readonly string[]): string {
	const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
	return `${paths.slice(0, 5).join(', ')}${more}`;
}

/** What the fence says, or why it says nothing. */
function readFence(text: string, nonce: string): Said | string {
	const fences = nonce === '' ? 0 : countFences(text, `verdict ${nonce}`);
	if (fences !== 1) {
		const none =
			text.trim() === ''
				? 'its final message is empty'
				: 'no verdict fence carries the nonce of this session';
		return fences === 0 ? none : 'more than one verdict fence carries the nonce of this session';
	}
	const body = lastFence(text, `verdict ${nonce}`);
	return body === null
		? 'the final message does not end with the verdict fence'
		: (jsonObject(body) ?? 'the verdict is not a JSON object');
}

function judge(said: Said, by: string): Verdict {
	const { verdict } = said;
	if (verdict !== 'approve' && verdict !== 'reject') {
		return unreadable('the verdict is neither "approve" nor "reject"');
	}
	const findings = readFindings(said['findings'], by);
	if (findings === null) {
		return unreadable('its findings are not a list of {"what","evidence","blocking"}');
	}
	if (verdict === 'reject' && findings.length === 0) {
		return unreadable('it rejects without a finding');
	}
	const rejected = verdict === 'reject' || findings.some(({ blocking }) => blocking);
	if (rejected) return { kind: 'rejected', findings };
	return { kind: 'approved', findings, red: said['red'] === 'expected' ? 'expected' : null };
}

function readFindings(list: unknown, by: string): readonly Finding[] | null {
	const findings = Array.isArray(list) ? list.map((item: unknown) => readFinding(item, by)) : [null];
	const read = findings.filter((finding) => finding !== null);
	if (read.length < findings.length) {
		return null;
	}
	const first = read.filter(({ blocking }) => blocking);
	const then = read.filter(({ blocking }) => !blocking);
	return [...first, ...then].slice(0, 50);
}

function readFinding(item: unknown, by: string): Finding | null {
	const { what, evidence = '', blocking } = isObject(item) ? item : {};
	if (typeof what !== 'string' || what.trim() === '' || typeof evidence !== 'string') {
		return null;
	}
	return { what: cut(what, 4000), evidence: cut(evidence, 4000), blocking: blocking !== false, by };
}

function unreadable(why: string): Verdict {
	return { kind: 'unreadable', why };
}
