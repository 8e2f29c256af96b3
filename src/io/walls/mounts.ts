import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import type { Tools } from './walls.ts';

// What a mount namespace begins with, as lines of fstab(5), for `mount --all --fstab`: one program for all of them.

/** `mount --all` passes over what it takes for mounted already, by source and place: within a session of another loop, too. */
const OURS = `nightloop-${randomUUID()}`;

/**
 * A folder as it is, on which every write is thrown away. The layers are folders (or links to one) below the folder that
 * mount runs in; the first of `lower` lies on top. Relative, as an overlay's options know no comma, colon or space.
 */
export function overlay(target: string, lower: readonly string[], layers: string, { as }: Tools): string {
	const below = [...lower].map((name) => `${layers}/${name}`).join(':');
	const options = `lowerdir=${below},upperdir=${layers}/upper,workdir=${layers}/work`;
	return line(OURS, target, 'overlay', as === 'user' ? `${options},userxattr` : options);
}

/** Nothing is to be seen of a folder, and nothing can be put there. */
export function masked(target: string): string {
	return line(OURS, target, 'tmpfs', 'ro,size=4k,mode=555');
}

/** Nothing is to be seen of a folder; what is put there is thrown away. */
export function emptied(target: string): string {
	return line(OURS, target, 'tmpfs', 'size=16m,mode=755');
}

/** A file or folder that cannot be changed, removed or moved away. */
export function readOnly(target: string): string {
	const real = realpathSync(target);
	return line(real, real, 'none', ['bind', 'ro', ...kept(real)].join(','));
}

/** The same folder at another place. */
export function bound(source: string, target: string): string {
	return line(source, target, 'none', 'bind');
}

/** The processes of the own namespace alone. */
export const ownProcesses = line(OURS, '/proc', 'proc', 'nosuid,nodev,noexec');

/** Folders below the given one on which something else is mounted, such as a container's volume. */
export function mountsBelow(folder: string): string[] {
	const points = mountPoints().map(({ point }) => point);
	return [...new Set(points.filter((point) => point.startsWith(`${folder}/`)))];
}

function line(source: string, target: string, type: string, options: string): string {
	return [source, target, type, options, '0', '0'].map(escaped).join(' ');
}

function escaped(field: string): string {
	return field.replaceAll(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** Of a file system without programs or devices a user namespace may show no other view (mount_namespaces(7)). */
function kept(file: string): string[] {
	const around = mountPoints()
		.filter(({ point }) => file === point || point === '/' || file.startsWith(`${point}/`))
		.toSorted((one, other) => one.point.length - other.point.length)
		.at(-1);
	return around?.options.filter((option) => ['nosuid', 'nodev', 'noexec'].includes(option)) ?? [];
}

/** proc_pid_mountinfo(5): the fifth field is the place, the sixth its options; odd bytes in octal. */
function mountPoints(): { point: string; options: string[] }[] {
	const file = '/proc/self/mountinfo';
	const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
	return lines.flatMap((text) => {
		const [, , , , point, options] = text.split(' ');
		return point && options ? [{ point: unescaped(point), options: options.split(',') }] : [];
	});
}

function unescaped(field: string): string {
	return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
		String.fromCharCode(Number.parseInt(octal, 8)),
	);
}
