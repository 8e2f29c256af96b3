import { defineConfig } from 'vitest/config';

/** With many real repositories and processes: they take long, and run with those of the walls. */
const LONG = [
	'test/io/integrity/**/*.test.ts',
	'test/io/git/{dead-locks,landing,pack-loose,pipes,trees,undo}.test.ts',
	'test/io/session/{session,spawn-tree}.test.ts',
	'test/io/room/overlay-room.test.ts',
];

export default defineConfig({
	test: {
		globalSetup: ['test/helpers/build.ts'],
		coverage: {
			provider: 'v8',
			include: ['src/core/**'],
			reporter: ['text-summary'],
			thresholds: { 'src/core/**': { statements: 100, branches: 100, functions: 100, lines: 100 } },
		},
		projects: [
			{
				extends: true,
				test: { name: 'core', include: ['test/core/**/*.test.ts', 'test/*.test.ts'], testTimeout: 10_000 },
			},
			{
				extends: true,
				test: {
					name: 'io',
					include: [
						'test/io/**/*.test.ts',
						'test/cli/**/*.test.ts',
						'test/demo/**/*.test.ts',
						'test/e2e/five-tasks.test.ts',
					],
					exclude: LONG,
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				extends: true,
				test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 110_000, hookTimeout: 60_000 },
			},
			{
				extends: true,
				test: {
					name: 'walls',
					include: ['test/descendants/**/*.test.ts', 'test/rooms/**/*.test.ts', ...LONG],
					testTimeout: 150_000,
				},
			},
			{
				extends: true,
				test: { name: 'attacks', include: ['test/attacks/**/*.test.ts'], testTimeout: 150_000 },
			},
		],
	},
});
