import { execa } from 'execa';
import { chmod, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../helpers/repository.ts';

/** One call of a git that the loop starts. */
export interface GitCall {
	/** Its subcommand and the how manieth of these it is: `update-ref-2`. */
	readonly git: string;
	readonly syscall: string;
	/** From 1: the how manieth of that syscall in it. */
	readonly nth: number;
}

/** `alone`: git dies before the call, and the loop lives. `with the loop`: both do. */
export type GitDeed =
	{ readonly kind: 'alone' | 'with the loop' } | { readonly kind: 'fails'; readonly error: string };

/** Puts a program in the place of git that follows every git of the loop's which writes. */
export function recordGits(repository: Repository): Promise<void> {
	return standIn(repository, `exec strace -o "$TRACE" -y -qq -s 0 -e trace=${SYSCALLS.join()} "$GIT" "$@"`);
}

/** The same, but it meddles with one call of one of them. */
export function meddleWithGit(repository: Repository, call: GitCall, deed: GitDeed): Promise<void> {
	const what = deed.kind === 'fails' ? `error=${deed.error}` : 'signal=KILL';
	const strace = `strace -o "$TRACE" -qq -e trace=${call.syscall} -e inject=${call.syscall}:${what}:when=${call.nth}`;
	const together = `${strace} "$GIT" "$@"
	code=$?
	if [ $code -gt 128 ] && tr '\\0' ' ' <"/proc/$PPID/cmdline" | grep -q 'main.js run'; then kill -9 "$PPID"; fi
	exit $code`;
	const body = deed.kind === 'with the loop' ? together : `exec ${strace} "$GIT" "$@"`;
	return standIn(repository, `if [ "$ME" = ${call.git} ]; then\n\t${body}\nfi\nexec "$GIT" "$@"`);
}

/** The loop is to run the real one again. */
export async function restoreGit(repository: Repository): Promise<void> {
	await standIn(repository, 'exec "$GIT" "$@"');
}

export async function gitCallsIn(repository: Repository): Promise<GitCall[]> {
	const folder = join(repository.scratch, 'log');
	const traces = (await readdir(folder)).filter((name) => name.startsWith('git.')).toSorted();
	const calls = await Promise.all(
		traces.map(async (name) =>
			callsOf(name.slice('git.'.length), await readFile(join(folder, name), 'utf8')),
		),
	);
	return calls.flat();
}

/** Where the trace of a git is. */
export function gitTrace(repository: Repository, { git }: GitCall): string {
	return join(repository.scratch, 'log', `git.${git}`);
}

const SYSCALLS = ['write', 'rename', 'link', 'unlink', 'fsync', 'mkdir', 'openat'];

function callsOf(git: string, trace: string): GitCall[] {
	const counts = new Map<string, number>();
	return trace.split('\n').flatMap((line) => {
		const [, syscall = '', rest = ''] = /^([a-z]+)\((.*)$/.exec(line) ?? [];
		const nth = (counts.get(syscall) ?? 0) + 1;
		counts.set(syscall, nth);
		const isOfFile = syscall !== 'write' || /^\d+<\//.test(rest);
		const writes = syscall !== 'openat' || /O_(?:WRONLY|RDWR|CREAT)/.test(rest);
		const counted = SYSCALLS.includes(syscall) && isOfFile && writes && !/ = -1 E|\/dev\/null/.test(rest);
		return counted ? [{ git, syscall, nth }] : [];
	});
}

/** The loop's own are known by an option; agents get git as it is. Two at once of a kind may get the same number. */
async function standIn(repository: Repository, body: string): Promise<void> {
	const file = join(repository.scratch, 'bin/git');
	// What is just being started cannot be written to (ETXTBSY).
	await writeFile(`${file}.new`, `${PROLOGUE}${body}\n`);
	await chmod(`${file}.new`, 0o755);
	await rename(`${file}.new`, file);
}

const PROLOGUE = `#!/bin/sh
GIT=${(await execa('sh', ['-c', 'command -v git'])).stdout}
case " $* " in *" core.hooksPath=/dev/null "*) ;; *) exec "$GIT" "$@" ;; esac
value=
for word; do
	if [ -n "$value" ]; then value=; continue; fi
	case $word in -c) value=1 ;; -*) ;; *) break ;; esac
done
case $word in
add | checkout-index | commit-tree | hash-object | mktree | read-tree | update-index | update-ref | write-tree) ;;
*) exec "$GIT" "$@" ;;
esac
echo >>"$SCRATCH/log/count.$word"
ME=$word-$(wc -l <"$SCRATCH/log/count.$word")
TRACE=$SCRATCH/log/git.$ME
`;
