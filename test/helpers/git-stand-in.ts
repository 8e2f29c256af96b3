import { execa } from 'execa';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from './repository.ts';

/**
 * Puts a program in the place of git that does something before, or after, each that a nightloop starts itself. sh, which
 * knows `$GIT`, the command as `$word`, the how manieth it is of all as `$count`, and of its kind as `$nth`.
 */
export async function standInForGit(repository: Repository, before: string, after = ':'): Promise<void> {
	const script = STAND_IN.replace('BEFORE', () => before).replace('AFTER', () => after);
	await repository.write('../bin/git', script);
	await chmod(join(repository.scratch, 'bin/git'), 0o755);
	await repository.write('../log/gits', '');
}

const STAND_IN = `#!/bin/sh
GIT=${(await execa('sh', ['-c', 'command -v git'])).stdout}
tr '\\0' ' ' <"/proc/$PPID/cmdline" | grep -q 'cli/main.js' || exec "$GIT" "$@"
value=
for word; do
	if [ -n "$value" ]; then value=; continue; fi
	case $word in -c) value=1 ;; -*) ;; *) break ;; esac
done
echo "$word" >>"$SCRATCH/log/gits"
count=$(wc -l <"$SCRATCH/log/gits")
nth=$(grep -cx -e "$word" "$SCRATCH/log/gits")
BEFORE
"$GIT" "$@"
code=$?
AFTER
exit $code
`;
