import type { Candidate } from '../../core/types.ts';
import { openCopyRooms } from './copy-room.ts';
import type { Enclosure } from '../walls/enclosure.ts';
import { openOverlayRooms } from './overlay-room.ts';
import type { PrivateIndex } from '../git/private-index.ts';
import type { Project } from '../project.ts';
import type { Walls } from '../walls/walls.ts';

/** A throw-away copy of the repository, holding a candidate. */
export interface Room {
	/** The folder that stands for the `-C` folder in it. */
	readonly folder: string;
	/** What makes that folder the room for a process tree; null: it is one of its own. */
	readonly enclosure: Enclosure | null;
	/** Tracked files that are not as in the candidate any more. */
	changes(): Promise<string[]>;
	/** Makes tracked files as in the candidate again. To be called while nothing runs in it. */
	putBack(): Promise<void>;
	/** To be called when nothing runs in it any more. */
	leave(): Promise<void>;
}

export interface Rooms {
	/**
	 * A room that holds exactly the candidate, whatever was done in the one before. For a reviewer, the files that
	 * instruct agents are as of base: the author must not be able to instruct its reviewer.
	 */
	enter(candidate: Candidate, forWhom: 'checks' | 'reviewer'): Promise<Room>;
}

/** Rooms for the walls in force: an overlay at the repository's own path, or a copy elsewhere. */
export function openRooms(project: Project, index: PrivateIndex, walls: () => Walls): Rooms {
	const copies = openCopyRooms(project);
	return {
		async enter(candidate, forWhom) {
			const now = walls();
			if (now.level === 'groups') return copies.enter(candidate, forWhom);
			return openOverlayRooms(project, index, now.tools).enter(candidate, forWhom);
		},
	};
}
