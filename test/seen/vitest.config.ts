import { defineConfig } from 'vitest/config';

/** What a person sees, in a real browser and a real terminal: a project of its own, as it needs both (install.sh). */
export default defineConfig({
	test: {
		name: 'seen',
		globalSetup: ['test/helpers/build.ts'],
		include: ['test/seen/**/*.test.ts'],
		testTimeout: 60_000,
		hookTimeout: 60_000,
	},
});
