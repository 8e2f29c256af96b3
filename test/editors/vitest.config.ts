import { defineConfig } from 'vitest/config';

/** `npm run test:editors`, or `NIGHTLOOP_SAVES=2000 npm run test:editors`: so many saves over all editors. */
const saves = Number(process.env['NIGHTLOOP_SAVES'] ?? 45);

/** Real editors against a real loop, in real time: not part of `npm test`. */
export default defineConfig({
	test: {
		include: ['test/editors/**/*.test.ts'],
		globalSetup: ['test/helpers/build.ts', 'test/editors/setup.ts'],
		// Not below /tmp: vim saves in another way there.
		env: { NIGHTLOOP_TEST_DIR: '.cache/editors', NIGHTLOOP_SAVES: String(saves) },
		maxConcurrency: 9,
		testTimeout: 120_000 + saves * 5000,
	},
});
