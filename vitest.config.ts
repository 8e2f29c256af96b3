import { defineConfig } from 'vitest/config';

/** Walls groups, with real repositories: they take long, and run with those of the walls. */
const INTEGRITY = ['test/io/integrity/**/*.test.ts'];

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
					exclude: INTEGRITY,
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
					include: ['test/descendants/**/*.test.ts', 'test/rooms/**/*.test.ts', ...INTEGRITY],
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
