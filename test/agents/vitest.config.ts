import { defineConfig } from 'vitest/config';

/** The real programs, installed from npm and played with by a scripted model: slow, and not part of `npm test`. */
export default defineConfig({
	test: {
		include: ['test/agents/**/*.test.ts'],
		globalSetup: ['test/helpers/build.ts'],
		fileParallelism: false,
		testTimeout: 180_000,
		hookTimeout: 600_000,
	},
});
