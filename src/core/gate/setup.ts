import { kindsOf } from './path-kinds.ts';
import type { Change, Setup } from '../types.ts';

/** When a room of a candidate is to be given its dependencies, and how; null: the settings name no way. */
export function setupFor(command: string | null, changes: readonly Change[]): Setup | null {
	if (command === null) return null;
	const isOutdated = changes.some(({ path }) => MANIFEST.test(path) || kindsOf(path).includes('lock file'));
	return { command, when: isOutdated ? 'always' : 'dependencies are missing' };
}

/** Where the package managers of the common languages are told what to install. */
const MANIFEST = new RegExp(
	`(?:^|/)(?:${[
		'(?:package|deno|composer|bower)\\.jsonc?',
		'pnpm-workspace\\.yaml|\\.yarnrc\\.yml|\\.npmrc',
		'pyproject\\.toml|setup\\.(?:py|cfg)|Pipfile|[^/]*requirements[^/]*\\.(?:txt|in)|environment\\.ya?ml',
		'Cargo\\.toml|go\\.(?:mod|work)|Gemfile|[^/]*\\.gemspec|mix\\.exs|pubspec\\.yaml|Package\\.swift',
		'pom\\.xml|[^/]*\\.gradle(?:\\.kts)?|[^/]*\\.(?:cs|fs|vb)proj|flake\\.nix',
	].join('|')})$`,
);
