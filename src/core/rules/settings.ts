import { parseDuration } from './duration.ts';
import { splitFrontMatter } from './front-matter.ts';
import {
	amount,
	count,
	duration,
	flag,
	mapping,
	readerOf,
	text,
	texts,
	unexpected,
	type Field,
	type Read,
	type Source,
} from './keys.ts';
import type { Settings } from '../types.ts';

/** What holds where todo.md says nothing. */
export const DEFAULTS: Settings = {
	checks: [],
	attempts: 3,
	until: null,
	budget: { usd: null, tokens: null, sessions: null },
	pause: false,
	settle: 3000,
	notify: null,
	commit: '{{task}}',
	optional: false,
	setup: null,
	walls: 'auto',
	push: false,
};

/**
 * The settings in the front matter of a list. `file` names it in messages; `notices` tell of values that YAML reads as
 * something else than was written. Throws a `UserError` with the line for an unknown key or a value of the wrong type.
 */
export function parseSettings(file: string, whole: string): { settings: Settings; notices: string[] } {
	const front = splitFrontMatter(file, whole);
	const source: Source = { file, front, noun: 'setting', notices: [] };
	const read = readerOf(source, front.data, Object.keys(DEFAULTS));
	const settings: Settings = {
		checks: unique(read('checks', texts, DEFAULTS.checks)),
		attempts: read('attempts', count, DEFAULTS.attempts),
		until: read('until', until, DEFAULTS.until),
		budget: read('budget', budgetIn(source), DEFAULTS.budget),
		pause: read('pause', flag, DEFAULTS.pause),
		settle: read('settle', duration, DEFAULTS.settle),
		notify: read<string | null>('notify', text, DEFAULTS.notify),
		commit: read('commit', commit, DEFAULTS.commit),
		optional: read('optional', flag, DEFAULTS.optional),
		setup: read<string | null>('setup', text, DEFAULTS.setup),
		walls: read('walls', walls, DEFAULTS.walls),
		push: read('push', flag, DEFAULTS.push),
	};
	return { settings, notices: source.notices };
}

/** The same check twice would be told apart from a flaky one by nobody. */
function unique(checks: readonly string[]): readonly string[] {
	return [...new Set(checks)];
}

/** What the command line gives; it wins over the files. */
export interface Overrides {
	readonly checks?: readonly string[] | undefined;
	readonly attempts?: number | undefined;
	readonly until?: string | undefined;
	readonly usd?: number | undefined;
	/** Who runs the worker, and every reviewer: laid over their prompts where those are read. */
	readonly agent?: string | undefined;
	readonly reviewer?: string | undefined;
}

/** Lays the command line's options over settings. Throws a `UserError` that names the option for a bad value. */
export function layOver(settings: Settings, overrides: Overrides): Settings {
	const { checks, attempts, until: time, usd } = overrides;
	return {
		...settings,
		checks: unique(given('--check', checks, texts, settings.checks)),
		attempts: given('--attempts', attempts, count, settings.attempts),
		until: given('--until', time, until, settings.until),
		budget: {
			...settings.budget,
			usd: given<number | null>('--budget-usd', usd, amount, settings.budget.usd),
		},
	};
}

function given<Value>(where: string, value: unknown, read: Read<Value>, otherwise: Value): Value {
	return value === undefined ? otherwise : read({ where, value, raw: null, notices: [] });
}

/** YAML 1.1 reads an unquoted 23:30 as 23 × 60 + 30: what is written counts. */
const until: Read<Settings['until']> = (field) => {
	const written = (typeof field.value === 'number' ? field.raw : text(field)) ?? '';
	const clock = /^(\d{1,2}):(\d{2})$/.exec(written.trim());
	const [hours, minutes] = [Number(clock?.[1]), Number(clock?.[2])];
	if (hours < 24 && minutes < 60) {
		noteSexagesimal(field, written);
		return { kind: 'clock', hours, minutes };
	}
	const ms = parseDuration(written);
	if (ms === null) {
		throw unexpected(field, 'a time of day, such as "07:00", or a length of time, such as 8h');
	}
	return { kind: 'after', ms };
};

function noteSexagesimal({ where, value, notices }: Field, written: string): void {
	if (typeof value === 'number') {
		const taken = `it is taken as the time of day (write "${written}")`;
		notices.push(`${where}: YAML reads ${written} as the number ${value}; ${taken}`);
	}
}

function budgetIn(source: Source): Read<Settings['budget']> {
	return (field) => {
		const read = readerOf(source, mapping(field), Object.keys(DEFAULTS.budget), 'budget');
		return {
			usd: read<number | null>('usd', amount, null),
			tokens: read<number | null>('tokens', tokens, null),
			sessions: read<number | null>('sessions', count, null),
		};
	};
}

const tokens: Read<number> = (field) => {
	if (typeof field.value === 'number') {
		return count(field);
	}
	const short =
		typeof field.value === 'string' ? /^(\d+(?:\.\d+)?)\s*([kmb]?)$/i.exec(field.value.trim()) : null;
	const number = short === null ? 0 : Math.round(Number(short[1]) * thousands.get(short[2]!.toLowerCase())!);
	if (number === 0) {
		throw unexpected(field, 'a number of tokens, such as 500k or 30M');
	}
	return number;
};

const thousands = new Map([
	['', 1],
	['k', 1e3],
	['m', 1e6],
	['b', 1e9],
]);

const commit: Read<string> = (field) => {
	const subject = text(field);
	const unknown = subject.match(/\{\{.*?\}\}/g)?.find((hole) => hole.replace(/\s/g, '') !== '{{task}}');
	if (unknown !== undefined) {
		throw unexpected(field, `a text with no other hole than {{task}}; ${unknown} is none`);
	}
	return subject;
};

const walls: Read<Settings['walls']> = (field) => {
	if (field.value !== 'auto' && field.value !== 'groups') {
		throw unexpected(field, 'auto or groups');
	}
	return field.value;
};
