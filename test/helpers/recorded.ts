import { readFileSync } from 'node:fs';
import type { Adapter, Exit, Outcome, Sign } from '../../src/core/agents/adapter.ts';

/** Lines that a real program printed in one session: see test/fixtures/agents. */
export function recorded(agent: string, name: string): string[] {
	const file = new URL(`../fixtures/agents/${agent}/${name}.jsonl`, import.meta.url);
	return readFileSync(file, 'utf8').trimEnd().split('\n');
}

/** What an adapter makes of a session: its outcome, and the signs of its lines, those that say nothing left out. */
export function decode(
	adapter: Adapter,
	lines: readonly string[],
	how: { exit?: number | string; stderr?: string; now?: number } = {},
): Outcome & { signs: Sign[] } {
	const { exit = 0, stderr = '', now = Date.UTC(2026, 10, 22, 13, 0) } = how;
	const ended: Exit = typeof exit === 'number' ? { code: exit, signal: null } : { code: null, signal: exit };
	const decoder = adapter.decoder();
	const signs = lines.map((line) => decoder.line(line)).filter((sign) => sign !== 'nothing');
	return { ...decoder.finish(ended, '', stderr, now), signs };
}
