import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** The absolute path of a program by the PATH of the given environment; null where there is none. */
export async function findProgram(
	name: string,
	env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
	if (name.includes('/')) return isProgram(path.resolve(name)) ? path.resolve(name) : null;
	const folders = (env['PATH'] ?? USUAL_FOLDERS).split(':');
	return folders.map((folder) => path.resolve(folder, name)).find(isProgram) ?? null;
}

/** The absolute path of one of the system's own programs: nothing that an agent could have put on the PATH. null: none. */
export function systemProgram(name: string): Promise<string | null> {
	return findProgram(name, { PATH: SYSTEM });
}

/** Where programs are looked for without a PATH. */
export const USUAL_FOLDERS = '/usr/local/bin:/usr/bin:/bin';

const SYSTEM = '/usr/bin:/bin:/usr/sbin:/sbin:/run/wrappers/bin:/run/current-system/sw/bin';

function isProgram(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return statSync(file).isFile();
	} catch (error) {
		if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? ''))
			return false;
		throw error;
	}
}
