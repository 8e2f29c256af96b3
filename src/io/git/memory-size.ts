import type { CommitId, TreeId } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { list } from './private-index.ts';

/** About how many tokens the notes of a commit or tree have, memory/*.md: four bytes each. */
export async function memoryTokens(project: Project, of: CommitId | TreeId | 'HEAD'): Promise<number> {
	const folder = `${project.prefix}memory/`;
	const entries = list(await project.git(['ls-tree', '--long', '-z', of, '--', folder]));
	const sizes = entries.map((entry) => Number(/^\S+ blob \S+ +(\d+)\t.*\.md$/s.exec(entry)?.[1] ?? 0));
	return Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 4);
}

/** The size of the notes as of HEAD. */
export interface MemorySize {
	/** Takes in that HEAD may be another one. */
	changed(): void;
	/** Measured only where that was said: no git may run while a session lives. */
	tokens(): Promise<number>;
}

export function openMemorySize(project: Project): MemorySize {
	let tokens = 0;
	let isKnown = true;
	return {
		changed() {
			isKnown = false;
		},
		async tokens() {
			if (!isKnown) tokens = await memoryTokens(project, 'HEAD');
			isKnown = true;
			return tokens;
		},
	};
}
