import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Entry, Event, TaskId } from '../../src/core/types.ts';
import { openNotifier } from '../../src/io/notify.ts';
import { eventually } from '../helpers/eventually.ts';

test('a command is told on its stdin and in its environment, in order and one at a time', async () => {
	const { folder, notifier, failures } = place();
	const command = `
		[ ! -e busy ] && touch busy; cat >> said; printf '%s|%s|%s|%s\\n' "$NIGHTLOOP_EVENT" "$NIGHTLOOP_MESSAGE" \\
			"$NIGHTLOOP_TASK" "$NIGHTLOOP_REPOSITORY" >> told; rm busy`;
	for (const text of ['Add', 'Bend', 'Cure']) notifier.hear(parked(text), command);
	await notifier.drain(10_000);
	expect(read(folder, 'told').trim().split('\n')).toEqual(
		['Add', 'Bend', 'Cure'].map(
			(text) => `parked|${path.basename(folder)}: parked ${text}: no key|${text}|${folder}`,
		),
	);
	const said = read(folder, 'said')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as object);
	expect(said[0]).toMatchObject({ event: 'parked', task: 'Add', repository: folder, entry: { text: 'Add' } });
	expect(failures).toEqual([]);
});

test('what nobody needs to hear runs nothing, and neither does an event without a command', async () => {
	const { folder, notifier } = place();
	notifier.hear({ at: AT, event: 'notice', text: 'x' }, 'touch told');
	notifier.hear(parked('Add'), null);
	await notifier.drain(10_000);
	expect(existsSync(path.join(folder, 'told'))).toBe(false);
});

test('a command that hangs is ended with all that it started, and told of once', async () => {
	const { folder, notifier, failures } = place(700);
	const command = 'sleep 300 & echo $! >> pids; sleep 300';
	notifier.hear(parked('Add'), command);
	notifier.hear(parked('Bend'), command);
	await eventually(
		() => failures.length > 0,
		() => 'the notice',
	);
	await notifier.drain(20_000);
	expect(failures).toHaveLength(1);
	expect(failures[0]).toContain('more than 0.7 s');
	const pids = read(folder, 'pids').trim().split('\n').map(Number);
	expect(pids).toHaveLength(2);
	expect(pids.filter(isAlive)).toEqual([]);
});

test('hearing does not wait, and no more than twenty are kept, the newest', async () => {
	const { folder, notifier } = place();
	const before = performance.now();
	for (let task = 0; task < 60; task++) notifier.hear(parked(`T${task}`), 'echo "$NIGHTLOOP_TASK" >> told');
	expect(performance.now() - before).toBeLessThan(1000);
	await notifier.drain(60_000);
	const told = read(folder, 'told').trim().split('\n');
	expect(told).toHaveLength(21);
	expect(told.slice(-1)).toEqual(['T59']);
});

test('a command that floods its output fills nothing', async () => {
	const { folder, notifier, failures } = place();
	notifier.hear(parked('Add'), 'head -c 300000000 /dev/zero; head -c 300000000 /dev/zero >&2; echo x > told');
	await notifier.drain(60_000);
	expect(failures).toEqual([]);
	expect(statSync(path.join(folder, 'told')).size).toBe(2);
});

test('what lies in the repository is not what it runs, though it be on the PATH', async () => {
	const { folder, notifier, failures } = place();
	const bin = path.join(folder, 'bin');
	mkdirSync(bin);
	writeFileSync(path.join(bin, 'date'), '#!/bin/sh\ntouch "$NIGHTLOOP_REPOSITORY/planted"\n', {
		mode: 0o755,
	});
	vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
	notifier.hear(parked('Add'), 'date');
	await notifier.drain(10_000);
	vi.unstubAllEnvs();
	expect([existsSync(path.join(folder, 'planted')), failures]).toEqual([false, []]);
});

test('one that fails is told of once, with its exit code', async () => {
	const { notifier, failures } = place();
	for (const text of ['Add', 'Bend']) notifier.hear(parked(text), 'exit 7');
	await notifier.drain(20_000);
	expect(failures).toEqual([expect.stringContaining('exit code 7')]);
});

test('the end waits for so long and no longer, and then nothing of it is left', async () => {
	const { folder, notifier, failures } = place();
	notifier.hear(parked('Add'), 'echo $$ > pids; exec sleep 300');
	notifier.hear(parked('Bend'), 'touch second');
	await eventually(
		() => existsSync(path.join(folder, 'pids')),
		() => 'the command to begin',
	);
	await notifier.drain(100);
	expect(isAlive(Number(read(folder, 'pids')))).toBe(false);
	expect([existsSync(path.join(folder, 'second')), failures]).toEqual([false, []]);
});

const AT = '2026-01-01T00:00:00.000Z';

function place(limit?: number) {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'notify-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const failures: string[] = [];
	const failed = (why: string) => void failures.push(why);
	return {
		folder,
		failures,
		notifier: openNotifier({ folder, root: folder, failed, ...(limit ? { limit } : {}) }),
	};
}

function parked(text: string): Entry {
	const event: Event = { event: 'parked', task: 'x' as TaskId, text, why: 'no key', ref: null, inARow: 1 };
	return { at: AT, ...event };
}

function read(folder: string, name: string): string {
	return readFileSync(path.join(folder, name), 'utf8');
}

function isAlive(pid: number): boolean {
	return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
