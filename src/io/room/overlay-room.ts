import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Candidate } from '../../core/types.ts';
import { enclose, viewWithin } from '../walls/enclosure.ts';
import { aliases, gitFolders, loopsOwn, steeringFiles } from '../walls/guarded.ts';
import { checkOutInstructions, instructionsOf } from './instructions.ts';
import type { Instructions } from './instructions.ts';
import { layersOf, makeAlike, makeLayers, remove } from '../walls/layers.ts';
import { bound, emptied, isIn, masked, overlay, ownProcesses, readOnly } from '../walls/mounts.ts';
import type { PrivateIndex } from '../git/private-index.ts';
import type { Project } from '../project.ts';
import type { Rooms } from './room.ts';
import { asBytes, asText } from '../steering/steering-files.ts';
import type { Tools } from '../walls/walls.ts';
import { whiteOut } from '../walls/whiteout.ts';

/**
 * Rooms by overlay: the repository at its own path, with all that is installed and built in it, and every write thrown
 * away. A layer in between, written from outside before anything runs, makes the work tree the candidate.
 */
export function openOverlayRooms(project: Project, index: PrivateIndex, tools: Tools): Rooms {
	return {
		async enter(candidate, forWhom) {
			const folder = layersOf(project, `room-${randomUUID()}`);
			const made = fill(folder, candidate, forWhom);
			const { layers, steeredBy } = await made.catch(async (error: unknown) => {
				await remove(folder);
				throw error;
			});
			const outside = steeringFiles(project).filter((file) => !isIn(file, project.root));
			const mounts = [...layers.mounts, ...outside.map(readOnly), ...hidden(project), ownProcesses];
			const changes = async () => {
				const changed = await changesIn(project, index, layers);
				return changed.filter((name) => !steeredBy.includes(name));
			};
			return {
				folder: project.folder,
				enclosure: enclose(tools, folder, mounts, outside),
				changes,
				async putBack() {
					// What was not written above it is as the candidate has it.
					const upper = path.join(folder, '0', 'upper');
					for (const name of await changes())
						rmSync(path.join(upper, name), { recursive: true, force: true });
				},
				leave: () => remove(folder),
			};
		},
	};

	async function fill(folder: string, candidate: Candidate, forWhom: 'checks' | 'reviewer') {
		const layers = layOut(project, folder, tools);
		const instructions = forWhom === 'reviewer' ? await instructionsOf(project, candidate) : NONE;
		await holdCandidate(project, index, candidate, layers, instructions.ofBase);
		await holdInstructions(project, candidate, layers, instructions);
		return { layers, steeredBy: instructions.tracked };
	}
}

interface Layers {
	readonly folder: string;
	readonly tools: Tools;
	/** Over the work tree, and over its git directories where they lie elsewhere. */
	readonly mounts: readonly string[];
	/** What makes the work tree the candidate. */
	readonly candidate: string;
	/** Where a path of the repository stands in such a layer; the folders above it are made. */
	at(file: string): string;
}

function layOut(project: Project, folder: string, tools: Tools): Layers {
	const { root } = project;
	const targets = [root, ...gitFolders(project).filter((git) => !isIn(git, root))];
	const layer = (number: number) => path.join(folder, String(number), CANDIDATE);
	for (const [number, target] of targets.entries()) {
		makeLayers(path.join(folder, String(number)), target);
		makeAlike(layer(number), target);
	}
	return {
		folder,
		tools,
		mounts: targets.map((target, number) => overlay(target, [CANDIDATE, 'lower'], String(number), tools)),
		candidate: layer(0),
		at(file) {
			const number = targets.findIndex((target) => isIn(file, target));
			const names = path.relative(targets[number]!, path.dirname(file)).split('/');
			names.forEach((_, depth) => {
				const above = names.slice(0, depth + 1).join('/');
				makeAlike(path.join(layer(number), above), path.join(targets[number]!, above));
			});
			return path.join(layer(number), path.relative(targets[number]!, file));
		},
	};
}

const CANDIDATE = 'candidate';
const NONE: Instructions = { tracked: [], ofBase: [], foreign: [] };

/**
 * HEAD at base, the index and every file as in the candidate; what is neither tracked nor ignored is not there, nor is a
 * folder of nothing else. The folder that stands for `-C` always is, and those of what is still `toCome`.
 */
async function holdCandidate(
	project: Project,
	index: PrivateIndex,
	{ base, tree, commit, changes }: Candidate,
	layers: Layers,
	toCome: readonly string[],
): Promise<void> {
	const { gitDir, commonDir, root, logs } = project;
	const { changed, extra } = await index.difference(tree, [asBytes(path.relative(root, logs)), ...toCome]);
	// What the candidate brings is as a checkout writes it: line ends and filters may make it another than on disk.
	const brought = changes.filter(({ newMode }) => newMode !== '000000' && newMode !== '160000');
	const written = new Set([...changed, ...brought.map((change) => asBytes(change.path))]);
	if (written.size > 0) await index.writeBelow(layers.candidate, [...written]);
	await whiteOut(layers.candidate, extra);
	writeFileSync(layers.at(path.join(gitDir, 'HEAD')), `${base}\n`);
	copyFileSync(index.file, layers.at(path.join(gitDir, 'index')));
	// Held by a ref, as in any repository: what a session collects as garbage there must not be what it judges.
	writeFileSync(layers.at(path.join(commonDir, 'refs', 'candidate')), `${commit}\n`);
	const packed = path.join(commonDir, 'packed-refs');
	const refs = existsSync(packed) ? readFileSync(packed, 'utf8') : '';
	const shown = refs.split(/(?<=\n)/).filter((line) => !line.includes(' refs/nightloop/'));
	if (refs.includes(' refs/nightloop/')) writeFileSync(layers.at(packed), shown.join(''));
}

/** What the author may have written to instruct its reviewer is as of base, or not there. */
async function holdInstructions(
	project: Project,
	candidate: Candidate,
	{ candidate: layer }: Layers,
	{ ofBase, foreign }: Instructions,
): Promise<void> {
	await checkOutInstructions(project, candidate.base, ofBase, layer);
	for (const name of foreign) rmSync(path.join(layer, asText(name)), { recursive: true, force: true });
	await whiteOut(layer, foreign);
}

/** Not to be seen: what the loop keeps, and what it and the sessions before have said. */
function hidden(project: Project): string[] {
	const { gitDir, commonDir } = project;
	const said = [
		path.join(commonDir, 'refs', 'nightloop'),
		...new Set([path.join(commonDir, 'logs'), path.join(gitDir, 'logs')]),
	];
	const kept = [...aliases(project), ...loopsOwn(project)];
	return [...said.filter((folder) => existsSync(folder)).map(emptied), ...kept.map(masked)];
}

/** Looked for with the repository's own git directory, as what was written to the room's could run programs. */
async function changesIn(
	project: Project,
	index: PrivateIndex,
	{ folder, tools, mounts }: Layers,
): Promise<string[]> {
	const written = readdirSync(path.join(folder, '0', 'upper')).filter((name) => name !== '.git');
	if (written.length === 0) return [];
	const gits = gitFolders(project);
	const aside = gits.map((_, number) => path.join(folder, `git-${number}`));
	for (const [number, git] of gits.entries()) makeAlike(aside[number]!, git);
	const view = [
		...gits.map((git, number) => bound(git, aside[number]!)),
		...mounts,
		...gits.map((git, number) => bound(aside[number]!, git)),
	];
	const enclosure = enclose(tools, folder, view, [], 'view');
	return index.changed((git) => viewWithin(enclosure, project.root, git));
}
