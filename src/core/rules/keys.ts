import { parseDuration } from './duration.ts';
import { UserError } from '../errors.ts';
import type { FrontMatter } from './front-matter.ts';
import { nearest } from './nearest.ts';
import { plainLine } from '../plain.ts';

/** Where keys come from, and how they are called in messages. */
export interface Source {
	readonly file: string;
	/** What one key is: `setting`. */
	readonly noun: string;
	readonly front: Pick<FrontMatter, 'lineOf' | 'raw'>;
	/** What a person should be told though nothing is wrong. */
	readonly notices: string[];
}

/** One value that a person wrote. */
export interface Field {
	/** `todo.md:3: attempts`, or `--attempts`. */
	readonly where: string;
	readonly value: unknown;
	/** As it is written. null: not known. */
	readonly raw: string | null;
	/** What a person should be told of it is added here. */
	readonly notices: string[];
}

/** Makes a value of what a person wrote, or throws a `UserError` that says what is expected. */
export type Read<Value> = (field: Field) => Value;

/** The values of some keys, each by its reader; absent or empty ones as in `defaults`. */
export type Reader = <Value>(key: string, read: Read<Value>, otherwise: Value) => Value;

/** Checks that all keys are known, and gives the reader of their values. `within`: the key that they are nested in. */
export function readerOf(
	source: Source,
	data: Readonly<Record<string, unknown>>,
	known: readonly string[],
	within?: string,
): Reader {
	const { file, front, noun, notices } = source;
	for (const key of Object.keys(data)) {
		if (!known.includes(key)) {
			throw new UserError({
				what: `${file}:${front.lineOf(key, within)}: there is no ${noun} "${plainLine(dotted(key, within), 60)}".`,
				why: `The nearest one is "${dotted(nearest(key, known), within)}".`,
				fix: `Write one of: ${known.join(', ')}.`,
			});
		}
	}
	return (key, read, otherwise) => {
		const value = data[key] ?? null;
		const where = `${file}:${front.lineOf(key, within)}: ${dotted(key, within)}`;
		return value === null ? otherwise : read({ where, value, raw: front.raw(key, within), notices });
	};
}

/** The error for a value that is not what it should be. `expected` goes on after "Expected", best with an example. */
export function unexpected({ where, value }: Field, expected: string): UserError {
	return new UserError({
		what: `${where} is ${kindOf(value)}.`,
		why: `Expected ${expected}.`,
		fix: 'Correct it, or leave it out.',
	});
}

/** A text that is not blank. */
export const text: Read<string> = (field) => {
	if (typeof field.value !== 'string' || field.value.trim() === '') {
		throw unexpected(field, 'a text');
	}
	return field.value;
};

/** One text, or a list of them. */
export const texts: Read<readonly string[]> = (field) =>
	(Array.isArray(field.value) ? field.value : [field.value]).map((value: unknown) => {
		if (typeof value !== 'string' || value.trim() === '') {
			throw unexpected({ ...field, value }, 'a text or a list of texts');
		}
		return value;
	});

/** true or false. */
export const flag: Read<boolean> = (field) => {
	if (typeof field.value !== 'boolean') {
		throw unexpected(field, 'true or false');
	}
	return field.value;
};

/** A number above zero. What YAML takes for octal is read as it is written. */
export const amount: Read<number> = (field) => {
	const value = asWritten(field);
	if (!Number.isFinite(value) || value <= 0) {
		throw unexpected(field, 'a number above 0, such as 25');
	}
	return value;
};

/** A whole number from 1 on. */
export const count: Read<number> = (field) => {
	const value = asWritten(field);
	if (!Number.isSafeInteger(value) || value < 1) {
		throw unexpected(field, 'a whole number from 1 on, such as 3');
	}
	return value;
};

/** A length of time, in ms. */
export const duration: Read<number> = (field) => {
	const ms = parseDuration(String(field.value));
	if (ms === null || typeof field.value === 'object') {
		throw unexpected(field, 'a length of time, such as 30s, 15m or 1h30m');
	}
	return ms;
};

/** Keys and values. */
export const mapping: Read<Readonly<Record<string, unknown>>> = (field) => {
	const { value } = field;
	if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) {
		throw unexpected(field, 'keys and values');
	}
	return Object.fromEntries(Object.entries(value));
};

/** NaN where no number is written. YAML 1.1 reads 010 as 8, 08 as a text and 1:30 as 90. */
function asWritten({ where, value, raw, notices }: Field): number {
	const digits = /^0\d+$/.test(raw ?? '') ? Number(raw) : null;
	if (digits !== null && digits !== value) {
		notices.push(`${where}: YAML reads ${raw} as ${kindOf(value)}; it is taken as ${digits}`);
		return digits;
	}
	return typeof value === 'number' && raw?.includes(':') !== true ? value : Number.NaN;
}

function kindOf(value: unknown): string {
	if (typeof value === 'string') {
		return `the text "${plainLine(value, 60)}"`;
	}
	if (typeof value !== 'object' || value === null) {
		return String(value);
	}
	if (Array.isArray(value)) {
		return 'a list';
	}
	return value instanceof Date ? 'a date' : 'a mapping';
}

function dotted(key: string, within: string | undefined): string {
	return within === undefined ? key : `${within}.${key}`;
}
