import { describe, expect, test } from 'vitest';
import { labelsNoTasks, shutBy } from '../../../src/core/todo/sections.ts';

describe('shutBy', () => {
	test.each([
		'Notes',
		'Dev Notes',
		'Completion Notes List',
		'Notes & open questions',
		'📝 **Notes:**',
		'Acceptance Criteria',
		'4. Acceptance criteria (must hold)',
		'Acceptance/Exit/Success Criteria',
		'EXIT CRITERIA',
		'Success Criteria for Phase 2',
		'Success metrics and criteria',
		'Definition of Done',
		'Definition of done (DoD)',
		'DoD',
		'Out of scope',
		'Out-of-Scope: later',
		'Explicitly out of scope',
		'Non-Goals',
		'Future',
		'Future Work',
		'Phase 9: Future Enhancements (Optional)',
		'Future / nice to have',
		'Optional',
		'Optional - polish',
		'7.2 Optional tasks',
		'Nice to have',
		'Stretch goals',
		'Status legend',
		'QA Results',
	])('holds boxes under "%s" for no tasks', (heading) => expect(shutBy(['Plan', heading])).toBe(heading));

	test.each([
		'Tasks',
		'Backlog',
		'In Progress',
		'Notes app',
		'Sticky notes',
		'Release notes',
		'Future-proof the API',
		'Futures and promises',
		'Optional parameters',
		'Optional chaining support',
		'Search criteria',
		'Tests for User Story 1 (OPTIONAL - only if asked for)',
		'Phase 3: Polish',
		'Documentation',
		'',
	])('holds boxes under "%s" for tasks', (heading) => expect(shutBy(['Plan', heading])).toBeNull());

	test.each([
		[['Acceptance Criteria', 'Functional'], 'Acceptance Criteria'],
		[['QA Results', 'Improvements Checklist'], 'QA Results'],
		[['Success Criteria', 'Task 1: Read the prompt from stdin'], null],
		[['Notes', 'Tasks / Subtasks'], null],
		[['Notes', '2. Step 4'], null],
		[['Notes', 'Story US7', 'Definition of Done'], 'Definition of Done'],
		[['Future work', 'Phase 4: mobile'], 'Future work'],
		[['Out of scope', 'Tasks'], 'Out of scope'],
		[[], null],
	])('of %j is %j', (headings, shut) => expect(shutBy(headings)).toBe(shut));
});

describe('labelsNoTasks', () => {
	test.each([
		'**Acceptance Criteria:**',
		'**Acceptance criteria**:',
		'__Definition of Done__',
		'Exit criteria:',
		'Out of scope:',
	])('takes "%s" for a label', (text) => expect(labelsNoTasks(text)).toBe(true));

	test.each([
		'Acceptance criteria',
		'Notes:',
		'**Optional**',
		'**Acceptance criteria** are below',
		'Tasks:',
		'',
	])('does not take "%s" for one', (text) => expect(labelsNoTasks(text)).toBe(false));
});
