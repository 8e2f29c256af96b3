import { describe, expect, test } from 'vitest';
import { endAtDeadline } from '../../src/core/limits-of-run.ts';
import type { Settings } from '../../src/core/types.ts';
import { NOW, runOf, scene, SETTINGS, started } from '../helpers/parts.ts';

const HOUR = 3_600_000;

describe('a deadline', () => {
	test('that is not set is never over', () => {
		expect(at(null, NOW + 1000 * HOUR)).toBeNull();
	});

	test('of a duration counts from the start of the run', () => {
		const eight = { kind: 'after', ms: 8 * HOUR } as const;
		expect(at(eight, NOW + 8 * HOUR - 1)).toBeNull();
		expect(at(eight, NOW + 8 * HOUR)).toBe(NOW + 8 * HOUR);
	});

	test('of a clock time is the next one after the start, today or tomorrow', () => {
		const start = new Date(NOW);
		const clock = (hours: number) => ({ kind: 'clock', hours, minutes: start.getMinutes() }) as const;
		const soon = clock((start.getHours() + 1) % 24);
		const past = clock((start.getHours() + 23) % 24);
		const same = clock(start.getHours());
		expect(at(soon, NOW + HOUR)).toBe(NOW + HOUR);
		expect(at(soon, NOW + HOUR - 1)).toBeNull();
		expect(at(past, NOW + 23 * HOUR)).toBe(NOW + 23 * HOUR);
		expect(at(same, NOW + 24 * HOUR)).toBe(NOW + 24 * HOUR);
		expect(at(same, NOW + 1)).toBeNull();
	});

	test('counts from now where no run has begun', () => {
		const settings = { ...SETTINGS, until: { kind: 'after', ms: HOUR } as const };
		expect(endAtDeadline(runOf(), scene('', { settings }))).toBeNull();
	});
});

function at(until: Settings['until'], now: number): number | null {
	const step = endAtDeadline(runOf(started), scene('', { now, settings: { ...SETTINGS, until } }));
	return step?.step === 'end' && step.ending.kind === 'deadline' ? step.ending.until : null;
}
