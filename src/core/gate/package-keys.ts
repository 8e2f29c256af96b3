import { isObject, jsonObject } from '../json.ts';

/** What differs between two package.json, such as `version` or `scripts.test`, by name. null: one is no JSON object. */
export function packageKeys(before: string, after: string): string[] | null {
	const [was, is] = [jsonObject(before), jsonObject(after)];
	if (was === null || is === null) return null;
	return differing(was, is).flatMap((key) => {
		const [old, now] = [was[key] ?? {}, is[key] ?? {}];
		return key === 'scripts' && isObject(old) && isObject(now)
			? differing(old, now).map((name) => `scripts.${name}`)
			: [key];
	});
}

function differing(
	one: Readonly<Record<string, unknown>>,
	other: Readonly<Record<string, unknown>>,
): string[] {
	const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
	return [...keys].filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key])).toSorted();
}
