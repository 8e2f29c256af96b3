import { readFile } from 'node:fs/promises';
import { hasCode } from '../helpers/has-code.ts';

/** One call of the loop's own process that changes files of a scratch folder. */
export interface Call {
	readonly syscall: string;
	/** The first path that it names, or that of its descriptor, with `$S` for the scratch folder, `$C` for the name of the cache, `$U` for a random one. */
	readonly path: string;
	/** From 1: the how manieth of that syscall by that thread, on that path or, where its name is another one in each run, on any. */
	readonly nth: number;
	readonly among: 'its path' | 'all';
	/** What came since the last such call of the loop: where that is nothing, the moment after that one is the moment before this one. */
	readonly since: 'nothing' | 'something else';
}

/** What is done to a call. `before` and `after`: the loop is killed when it has not, or just has, taken place. */
export type Deed =
	| { readonly kind: 'before' | 'after' }
	| { readonly kind: 'fails'; readonly error: string; readonly times: number };

/** What changes files. Those of the list, and what makes and removes them besides. */
const SYSCALLS =
	'write,writev,pwrite64,copy_file_range,ftruncate,fsync,fdatasync,rename,link,symlink,unlink,mkdir,rmdir,chmod,fchmod,utimensat,openat';

/** What lets somebody else change them. */
const FORKS = ['clone', 'clone3', 'fork', 'vfork'];

/** With one thread for files the calls of two runs come in the same order. */
const ORDERLY = ['env', 'UV_THREADPOOL_SIZE=1'];

/** Follows all threads of what is started by it, and none of the programs that it starts. */
const OF_ONE_PROCESS = ['strace', '-f', '-b', 'execve', '-y', '-qq', '-s', '0'];

/** A command that writes to a file what another one does. */
export function recording(log: string): string[] {
	return [...ORDERLY, ...OF_ONE_PROCESS, '-o', log, '-e', `trace=${SYSCALLS},${FORKS.join()}`];
}

/**
 * A command by which something is done to that call of another one. A kill is SIGKILL before the call; after it, it is a
 * signal that nobody handles: that one is looked at when the call is over, and ends the process at once as well.
 */
export function meddling(log: string, call: Call, file: string, deed: Deed): string[] {
	const what = {
		before: () => `signal=KILL:when=${call.nth}`,
		after: () => `signal=VTALRM:when=${call.nth}`,
		fails: ({ error, times }: { error: string; times: number }) =>
			`error=${error}:when=${call.nth}..${call.nth + times - 1}`,
	};
	const injected = deed.kind === 'fails' ? what.fails(deed) : what[deed.kind]();
	const only = call.among === 'all' ? [] : ['-P', file];
	const where = ['-o', log, ...only, '-e', `trace=${call.syscall}`];
	return [...ORDERLY, ...OF_ONE_PROCESS, ...where, '-e', `inject=${call.syscall}:${injected}`];
}

/** Whether the call that something was to be done to took place. */
export async function wasHit(log: string): Promise<boolean> {
	return /INJECTED|killed by SIG(?:KILL|VTALRM)/.test(await textOf(log));
}

/** The calls of a recording that change files of the scratch folder, in order, each with the path as it is. */
export async function callsIn(log: string, scratch: string): Promise<{ call: Call; file: string }[]> {
	const seen = new Map<string, number>();
	const count = (key: string) => {
		const nth = (seen.get(key) ?? 0) + 1;
		seen.set(key, nth);
		return nth;
	};
	let since: Call['since'] = 'something else';
	return (await textOf(log)).split('\n').flatMap((line) => {
		const [, thread = '', syscall = '', rest = ''] = CALL.exec(line) ?? [];
		if (isOfOthers(line, syscall)) since = 'something else';
		const file = FILE.exec(rest)?.slice(1).find(Boolean) ?? '';
		const among = RANDOM.test(file) ? 'all' : 'its path';
		const [ofPath, ofAll] = [count(`${thread} ${syscall} ${file}`), count(`${thread} ${syscall}`)];
		if (!file.startsWith(`${scratch}/`) || changesNothing(syscall, rest)) return [];
		const nth = among === 'all' ? ofAll : ofPath;
		const call: Call = { syscall, path: inGeneral(file, scratch), nth, among, since };
		since = 'nothing';
		return [{ call, file }];
	});
}

/** A child begins, or has ended. */
function isOfOthers(line: string, syscall: string): boolean {
	return FORKS.includes(syscall) || line.includes('--- SIGCHLD');
}

/** As in `randomUUID`. */
const RANDOM = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/;
/** Thread, syscall, the rest. */
const CALL = /^(\d+) +([a-z0-9_]+)\((.*)$/;
/** `AT_FDCWD</folder>, "/path"`, `"/path"` or `18</path>`. */
const FILE = /^(?:AT_FDCWD<[^>]*>, )?"([^"]+)"|^\d+<(\/[^>]+)>/;

/** It failed, or only opens to read. */
function changesNothing(syscall: string, rest: string): boolean {
	return / = -1 E/.test(rest) || (syscall === 'openat' && !/O_(?:WRONLY|RDWR|CREAT)/.test(rest));
}

function inGeneral(file: string, scratch: string): string {
	const known = file.replace(scratch, '$S').replace(/^(\$S\/cache\/nightloop\/)[0-9a-f]{16}/, '$1$C');
	return known.replace(RANDOM, '$U');
}

async function textOf(log: string): Promise<string> {
	try {
		return await readFile(log, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return '';
		throw error;
	}
}
