import { isObject, jsonObject } from '../json.ts';

/** A JSON object of which nothing is known: agents print what they like. */
export type Fields = Readonly<Record<string, unknown>>;

/** What one line of stdout holds. null: not a JSON object, or only a part of one, or far too long. */
export function lineFields(text: string): Fields | null {
	return text.length > LONGEST_LINE ? null : jsonObject(text);
}

/** In characters. Only what a tool returned is ever so long, and that tells nothing. */
const LONGEST_LINE = 8 * 1024 * 1024;

/** The object that a value is; an empty one where it is something else. */
export function object(value: unknown): Fields {
	return isObject(value) ? value : {};
}

/** The objects of a list; none where it is something else. */
export function objects(value: unknown): readonly Fields[] {
	return Array.isArray(value) ? value.filter(isObject) : [];
}

/** null: it is no string. */
export function string(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}

/** null: it is no number, or none that counts anything. JSON holds no others than those and ones too large for it. */
export function number(value: unknown): number | null {
	return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : null;
}

/** What stands under the keys, added up; what is no number counts nothing. */
export function sum(counts: Fields, keys: readonly string[]): number {
	return keys.reduce((all, key) => all + (number(counts[key]) ?? 0), 0);
}
