import type { Block, Item, Row } from './block.ts';
import { boxAt, hiddenBox, looseBox, type Box } from './box.ts';
import { labelsNoTasks, shutBy } from './sections.ts';
import type { IgnoredBox, TaskState } from '../types.ts';

/** A task as it stands in the list, before it has an id. */
export interface Draft {
	/** 1-based. */
	readonly line: number;
	/** Byte offset of the mark. */
	readonly offset: number;
	readonly state: TaskState;
	readonly text: string;
	/** It, or a task above it, has Kiro's star. */
	readonly optional: boolean;
	readonly parent: Draft | null;
	readonly breadcrumb: readonly string[];
	/** As they are in the file, indent and all. */
	readonly details: string[];
}

/** Collects the tasks among the blocks of a list, as these are added top to bottom, and the boxes that are none. */
export function openDrafts(): Drafts & { add(block: Block): void } {
	const list: List = {
		drafts: [],
		ignored: [],
		places: new Map([[null, { owner: null, why: null }]]),
		headings: [],
		section: { breadcrumb: [], why: null },
		label: null,
		numbered: new Map(),
	};
	return { drafts: list.drafts, ignored: list.ignored, add: (block) => add(list, block) };
}

interface Drafts {
	readonly drafts: Draft[];
	readonly ignored: IgnoredBox[];
}

interface List extends Drafts {
	/** Of each list item, and of the text outside of all. */
	readonly places: Map<Item | null, Place>;
	headings: readonly Heading[];
	section: { readonly breadcrumb: readonly string[]; readonly why: string | null };
	/** A line such as `Acceptance criteria:`, whose boxes below it are none. */
	label: { readonly column: number; readonly why: string } | null;
	/** The tasks of this section by indent and dotted number. */
	readonly numbered: Map<string, Draft>;
}

interface Place {
	/** The task that the item is, or belongs to. */
	readonly owner: Draft | null;
	/** Why boxes under the item are no tasks. */
	readonly why: string | null;
}

type Heading = Extract<Block, { kind: 'heading' }>;
type ItemBlock = Extract<Block, { kind: 'item' }>;
type LineBlock = Exclude<Block, Heading | ItemBlock>;

function add(list: List, block: Block): void {
	if (block.kind === 'heading') {
		enterSection(list, block);
	} else if (block.kind === 'item') {
		addItem(list, block);
	} else {
		addLine(list, block);
	}
}

function enterSection(list: List, heading: Heading): void {
	list.headings = [...list.headings.filter(({ level }) => level < heading.level), heading];
	const breadcrumb = list.headings.map(({ title }) => title);
	const shut = shutBy(breadcrumb);
	list.section = { breadcrumb, why: shut === null ? null : `under the heading "${shut}"` };
	list.label = null;
	list.numbered.clear();
}

function addItem(list: List, block: ItemBlock): void {
	if (list.label !== null && block.row.column < list.label.column) {
		list.label = null;
	}
	const place = list.places.get(block.within)!;
	const box = boxAt(block.row.text, block.at);
	if (box === null) {
		addPlain(list, place, block);
		return;
	}
	const why = box.flaw ?? list.label?.why ?? place.why ?? list.section.why;
	if (why === null) {
		addTask(list, place.owner, block, box);
	} else {
		ignore(list, block, box.text, why);
		addPlain(list, place, block);
	}
}

function addTask(list: List, owner: Draft | null, block: ItemBlock, box: Box): void {
	const number = dottedNumber(box.text);
	const parent = numberedParent(list, owner, number) ?? owner;
	const draft: Draft = {
		line: block.row.index + 1,
		offset: block.row.start + box.at,
		state: box.state,
		text: box.text,
		optional: box.starred || parent?.optional === true,
		parent,
		breadcrumb: list.section.breadcrumb,
		details: [],
	};
	list.drafts.push(draft);
	list.places.set(block.item, { owner: draft, why: null });
	if (number !== null) {
		list.numbered.set(numberKey(owner, number), draft);
	}
}

function dottedNumber(text: string): string | null {
	return /^[*_]*(\d+(?:\.\d+)*)[.)]?(?=[\s*_:]|$)/.exec(text)?.[1] ?? null;
}

/** Flat numbering: 2.1.3 belongs to the 2.1 above it at the same indent, or, where that has no box, to the 2. */
function numberedParent(list: List, owner: Draft | null, number: string | null): Draft | null {
	const parts = number === null ? [] : number.split('.');
	while (parts.pop() !== undefined) {
		const parent = list.numbered.get(numberKey(owner, parts.join('.')));
		if (parent !== undefined) {
			return parent;
		}
	}
	return null;
}

function numberKey(owner: Draft | null, number: string): string {
	return `${owner === null ? '' : owner.line}:${number}`;
}

function addPlain(list: List, { owner, why }: Place, block: ItemBlock): void {
	const label = block.row.text.slice(block.at).trim();
	const labelled = labelsNoTasks(label) ? `under "${label}"` : null;
	list.places.set(block.item, { owner, why: why ?? labelled });
	owner?.details.push(block.row.text);
}

function addLine(list: List, block: LineBlock): void {
	if (block.kind === 'text' || block.kind === 'rule') {
		relabel(list, block.row);
	}
	const hidden = block.kind === 'shut' ? hiddenBox(block.row.text) : looseBox(block.row.text);
	if (hidden !== null) {
		ignore(list, block, hidden, block.kind === 'shut' ? block.why : 'it is not a list item');
	}
	list.places.get(block.within)?.owner?.details.push(block.row.text);
}

function relabel(list: List, { column, text }: Row): void {
	if (labelsNoTasks(text)) {
		list.label = { column, why: `under "${text.trim()}"` };
	} else if (list.label !== null && column <= list.label.column) {
		list.label = null;
	}
}

function ignore(list: List, { row }: Block, text: string, why: string): void {
	list.ignored.push({ line: row.index + 1, text, why });
}
