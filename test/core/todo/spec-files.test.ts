import { expect, test } from 'vitest';
import { specFilesFor, specWords, specWordsAtBase } from '../../../src/core/todo/spec-files.ts';

test.each([
	[
		'specs/001-login/tasks.md',
		['specs/001-login/spec.md', 'specs/001-login/plan.md', '.specify/memory/constitution.md'],
	],
	['app/specs/001-login/tasks.md', ['app/specs/001-login/contracts/', 'app/.specify/memory/constitution.md']],
	[
		'.kiro/specs/login/tasks.md',
		['.kiro/specs/login/requirements.md', '.kiro/specs/login/design.md', '.kiro/steering/'],
	],
	['openspec/changes/add-login/tasks.md', ['openspec/changes/add-login/proposal.md', 'openspec/project.md']],
	['docs/stories/1.1.login.md', ['docs/prd.md', 'docs/architecture.md']],
	['todo.md', ['spec.md', 'PRD.md']],
])('beside %s they are looked for as its format has them', (list, files) => {
	expect(specFilesFor(list)).toEqual(expect.arrayContaining(files));
});

test('a list is no file beside itself', () => {
	expect(specFilesFor('docs/plan.md')).not.toContain('docs/plan.md');
	expect(specFilesFor('docs/plan.md')).toContain('docs/spec.md');
});

test('a worker is told where they are, a reviewer how they were', () => {
	expect(specWords(['a/spec.md', 'a/specs/'])).toBe('- a/spec.md\n- a/specs/');
	expect(specWordsAtBase(['a/spec.md'])).toBe("- a/spec.md (as of base: `git show 'HEAD:./a/spec.md'`)");
	expect([specWords([]), specWordsAtBase([])]).toEqual(['', '']);
});
