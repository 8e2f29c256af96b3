import { runProgram } from '../program.ts';

/**
 * Hides paths of the layers below: in a layer of an overlay, a device with the number 0/0 stands for nothing. `names` are
 * relative to the layer, one character a byte. Rejects where the system does not let a user make one (Linux before 5.8).
 */
export async function whiteOut(layer: string, names: readonly string[]): Promise<void> {
	if (names.length === 0) return;
	const input = Buffer.from(names.join('\0'), 'latin1');
	const args = ['-0', '-n', '500', '/bin/sh', '-c', EACH, 'sh'];
	const { code, stderr } = await runProgram('/usr/bin/xargs', args, { cwd: layer, env: { PATH }, input });
	if (code === 0) return;
	const what = `files could not be hidden in a room: ${stderr.trim()}`;
	throw Object.assign(new Error(what), { code: 'EPERM' });
}

const PATH = '/usr/bin:/bin';

/** A file above it, or a folder in its place, hides it already. */
const EACH = `
for name; do
	name=./$name
	mkdir -p "\${name%/*}" 2>/dev/null || continue
	[ -e "$name" ] || mknod "$name" c 0 0 || exit 255
done`;
