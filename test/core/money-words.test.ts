import { expect, test } from 'vitest';
import { spentWords } from '../../src/core/money-words.ts';
import type { Spent } from '../../src/core/types.ts';

test.each<[string, Partial<Spent>]>([
	['3 sessions, 12k tokens, $1.50', { usd: 1.5, billed: 1.5, tokens: 12_000 }],
	['3 sessions, 12k tokens, ≈$1.50', { usd: 1.5, billed: 0, tokens: 12_000 }],
	['3 sessions, ≈$1.50', { usd: 1.5, billed: 1 }],
	['3 sessions, 12k tokens', { tokens: 12_000 }],
	['3 sessions', {}],
	['1 session', { sessions: 1 }],
])('what was spent is told as far as it is known: %s', (words, spent) =>
	expect(spentWords({ usd: 0, billed: 0, tokens: 0, sessions: 3, ...spent })).toBe(words),
);
