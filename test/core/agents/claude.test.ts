import { describe, expect, test } from 'vitest';
import { claude } from '../../../src/core/agents/claude.ts';
import type { Role } from '../../../src/core/types.ts';

const args = (role: Role, model: string | null = null, more: readonly string[] = []) =>
	claude.launch({ role, model, args: more, line: 'claude' }).args;

describe('Claude Code', () => {
	test('is started headless, without a session to resume', () => {
		expect(claude.launch({ role: 'worker', model: null, args: [], line: 'claude' }).file).toBe('claude');
		expect(args('worker')).toEqual([
			'-p',
			'--output-format=stream-json',
			'--verbose',
			'--no-session-persistence',
			'--dangerously-skip-permissions',
		]);
	});

	test('takes the model, and further arguments as the last word', () => {
		expect(args('worker', 'opus', ['--model', 'sonnet']).slice(-4)).toEqual([
			'--model',
			'opus',
			'--model',
			'sonnet',
		]);
	});

	test('is told what it may cost, where that is limited, and never nothing', () => {
		const capped = (usd: number | null) =>
			claude.launch({ role: 'worker', model: null, args: ['--last'], line: 'claude', usd }).args.slice(-3);
		expect(capped(1.239)).toEqual(['--max-budget-usd', '1.24', '--last']);
		expect(capped(0.001)).toEqual(['--max-budget-usd', '0.01', '--last']);
		expect(capped(null)).not.toContain('--max-budget-usd');
	});

	test('brings a reviewer no servers that could tell it of the author', () => {
		expect(args('reviewer')).toContain('--strict-mcp-config');
		expect(args('worker')).not.toContain('--strict-mcp-config');
	});

	test('retries little by itself and keeps no memory of its own', () => {
		expect(claude.launch({ role: 'worker', model: null, args: [], line: 'claude' }).env).toMatchObject({
			CLAUDE_CODE_MAX_RETRIES: '2',
			CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
		});
	});

	test('speaks in lines that its decoder reads', () => {
		expect(claude.speaks).toBe('lines');
		expect(claude.decoder().line('{"type":"system","subtype":"init"}')).toBe('progress');
	});
});
