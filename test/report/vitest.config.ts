import { defineConfig } from 'vitest/config';

/** The report in a real browser. Its own project, as it needs one: see install.sh. */
export default defineConfig({
	test: { name: 'report', include: ['test/report/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
