import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitError } from '../../src/io/git/git.ts';
import { isMachines, isShortage, mishap } from '../../src/io/mishap.ts';

describe('what the machine says no with is', () => {
	test.each([
		["fatal: Unable to create '/r/.git/x.lock': No space left on device", 'shortage'],
		['error: unable to write file .git/objects/ab/cd: Disk quota exceeded', 'shortage'],
		['fatal: failed to read object ab: Input/output error', 'shortage'],
		['error: cannot fork() for pack-objects: Resource temporarily unavailable', 'shortage'],
		['spawn /usr/bin/git EMFILE', 'shortage'],
		['error: insufficient permission for adding an object to repository database .git/objects', 'shortage'],
		['error: open("closed.txt"): Permission denied', 'right'],
		["fatal: Unable to create '/r/.git/index.lock': File exists.", 'right'],
		['fatal: bad object HEAD', 'neither'],
		['', 'neither'],
	])('known by the words of git: %s', (stderr, kind) => {
		const error = Object.assign(new Error('git add failed'), { name: 'GitError', stderr, exitCode: 128 });
		expect(isShortage(error)).toBe(kind === 'shortage');
		expect(isMachines(error)).toBe(kind !== 'neither');
	});

	test.each([
		['SIGKILL', true],
		['SIGSEGV', false],
	])('a git that was ended by %s: %s', (signal, isTold) => {
		const error = gitError(['-c', 'a.b=c', 'status'], { ...DEAD, signal: signal as NodeJS.Signals });
		expect([isShortage(error), isMachines(error)]).toEqual([isTold, isTold]);
		expect(mishap(error)).toBe(isTold ? `git status was ended by ${signal}: warning` : 'warning');
	});

	test('told by the line of git that names it', () => {
		const stderr =
			'warning: something else\nerror: unable to write x: No space left on device\nfatal: adding failed';
		const error = Object.assign(new Error(''), { name: 'GitError', stderr, exitCode: 1 });
		expect(mishap(error)).toBe('error: unable to write x: No space left on device');
	});

	test.runIf(process.platform === 'linux')('known by the number of an error of the system', () => {
		const folder = mkdtempSync(path.join(os.tmpdir(), 'nightloop-'));
		const nobody = thrownBy(() => writeFileSync('/dev/full', 'one line'));
		const absent = thrownBy(() => openSync(path.join(folder, 'absent'), 'r'));
		const ours = thrownBy(() => openSync(1 as never, 'r'));
		rmSync(folder, { recursive: true });
		expect([nobody, absent, ours].map(isMachines)).toEqual([true, false, false]);
		expect(mishap(absent)).toContain('ENOENT');
		expect(() => mishap(ours)).toThrow('path');
	});
});

const DEAD = { code: null, stdout: Buffer.alloc(0), stderr: 'warning\n' };

function thrownBy(act: () => unknown): unknown {
	try {
		act();
	} catch (error) {
		return error;
	}
	throw new Error('nothing was thrown');
}
