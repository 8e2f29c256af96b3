import { execa } from 'execa';
import { expect, test } from 'vitest';
import { hasRequest, objection, removeRequest } from '../../../src/io/steering/accept-request.ts';
import { scratch } from '../../helpers/scratch.ts';

const TEXTS = { settings: { file: 'todo.md', text: '' }, prompts: [] };

// It is looked at while a session lives that may write to everything.
test.each([
	['a pipe', 'mkfifo accept.json'],
	['a folder', 'mkdir -p accept.json/x'],
	['a device', 'ln -s /dev/zero accept.json'],
	['nothing', ': >accept.json'],
	['null', 'echo null >accept.json'],
])('what is no request holds nobody up, and can be removed: %s', async (_, deed) => {
	const { project } = await scratch();
	await execa('sh', ['-c', deed], { cwd: project.state });
	expect(hasRequest(project)).toBe(true);
	expect(objection(project, TEXTS)).toBe('it cannot be read');
	removeRequest(project);
	expect(hasRequest(project)).toBe(false);
});
