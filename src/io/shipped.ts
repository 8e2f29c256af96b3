import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder of the prompts that come with nightloop. */
export function shippedPrompts(): string {
	return path.join(packageRoot(), 'prompts');
}

/** The version in package.json. */
export function shippedVersion(): string {
	const { version } = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as {
		version: string;
	};
	return version;
}

/** Where nightloop itself is installed, whether it runs compiled or from its sources. */
export function packageRoot(): string {
	let folder = import.meta.dirname;
	while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
	return folder;
}
