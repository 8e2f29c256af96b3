import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Tools } from './walls.ts';

// What a mount namespace begins with, as lines of fstab(5), for `mount --all --fstab`: one program for all of them.

/** `mount --all` passes over what it takes for mounted already, by source and place: within a session of another loop, too. */
const OURS = `nightloop-${randomUUID()}`;

/**
 * A folder as it is, on which every write is thrown away. The layers are folders (or links to one) below the folder that
 * mount runs in; the first of `lower` lies on top. Relative, as an overlay's options know no comma, colon or space.
 */
export function overlay(target: string, lower: readonly string[], layers: string, { as }: Tools): string {
	const below = lower.map((name) => `${layers}/${name}`).join(':');
	const options = `lowerdir=${below},upperdir=${layers}/upper,workdir=${layers}/work`;
	return line(OURS, target, 'overlay', as === 'root' ? options : `${options},userxattr`);
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

/** Where else a folder, or a part of it, is to be seen: other mounts of the same files. */
export function aliasesOf(folder: string): string[] {
	const all = mountPoints();
	const around = mountOf(folder, all);
	if (!around) return [];
	const inside = path.join(around.root, path.relative(around.point, folder));
	const others = all.filter(({ device, point }) => device === around.device && point !== around.point);
	const places = others.flatMap(({ root, point }) => {
		if (isIn(inside, root)) return [path.join(point, path.relative(root, inside))];
		return isIn(root, inside) ? [point] : [];
	});
	return places.filter((place) => !isIn(place, folder) && isFolder(place));
}

function isFolder(file: string): boolean {
	return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function line(source: string, target: string, type: string, options: string): string {
	return [source, target, type, options, '0', '0'].map(escaped).join(' ');
}

function escaped(field: string): string {
	return field.replaceAll(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** Of a file system without programs or devices a user namespace may show no other view (mount_namespaces(7)). */
function kept(file: string): string[] {
	const around = mountOf(file, mountPoints());
	return around?.options.filter((option) => ['nosuid', 'nodev', 'noexec'].includes(option)) ?? [];
}

/** A file system, or a part of it, at a place. */
interface MountPoint {
	/** `major:minor`. */
	readonly device: string;
	/** The folder of the file system that is shown. */
	readonly root: string;
	readonly point: string;
	readonly options: readonly string[];
}

/** proc_pid_mountinfo(5): the third field is the device, then its folder, the place, and options; odd bytes in octal. */
function mountPoints(): MountPoint[] {
	const file = '/proc/self/mountinfo';
	const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
	return lines.flatMap((text) => {
		const [, , device, root, point, options] = text.split(' ');
		if (!device || !root || !point || !options) return [];
		return [{ device, root: unescaped(root), point: unescaped(point), options: options.split(',') }];
	});
}

/** The mount that a path lies on: the deepest, and of two at one place the later. */
function mountOf(file: string, all: readonly MountPoint[]): MountPoint | undefined {
	const around = all.filter(({ point }) => isIn(file, point));
	return around.toSorted((one, other) => one.point.length - other.point.length).at(-1);
}

/** Whether a path is that folder, or in it. */
export function isIn(file: string, folder: string): boolean {
	return folder === '/' || file === folder || file.startsWith(`${folder}/`);
}

function unescaped(field: string): string {
	return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
		String.fromCharCode(Number.parseInt(octal, 8)),
	);
}
