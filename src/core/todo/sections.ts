/**
 * The heading among those above a box, outermost first, that makes it no task; null: none does. Notes and criteria may
 * stand above the work itself: a heading such as `Task 1` below them opens it again. What is put off stays so.
 */
export function shutBy(headings: readonly string[]): string | null {
	let shut: string | null = null;
	for (const heading of headings) {
		const name = nameOf(heading);
		if (putOff.test(name)) {
			return heading;
		}
		if (criteria.test(name) || asides.test(name)) {
			shut = heading;
		} else if (work.test(heading.trim())) {
			shut = null;
		}
	}
	return shut;
}

/**
 * Whether a line or plain list item is a label, such as `**Acceptance criteria:**`, whose boxes are no tasks. Only what
 * says how work is judged counts here: a bold `Notes` may as well be a part of the product.
 */
export function labelsNoTasks(text: string): boolean {
	const label = text.trim();
	return /^(?:\*\*|__).*(?:\*\*|__):?$|:$/s.test(label) && criteria.test(nameOf(label));
}

/** Lower case, without numbering, emphasis, icons, what stands in brackets at the end, and what follows a colon or dash. */
function nameOf(heading: string): string {
	return heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\s:.()/&',–—-]+/gu, '')
		.trim()
		.replace(numbering, '')
		.replace(/\([^()]*\)$/, '')
		.split(/:|\s[-–—]\s/, 1)
		.join()
		.trim();
}

const numbering =
	/^(?:(?:phase|part|section|step|milestone|appendix)\s+\w+\s*[:.)–—-]|\d+(?:\.\d+)*[.):]?|[a-z][.)])\s+/;

const work =
	/^(?:\d+[.)]\s+)?(?:(?:task|step|phase|milestone|iteration|sprint|stage|part|epic|(?:user )?story)\s+#?\w*\d|(?:tasks|to-?dos?|implementation (?:plan|tasks|steps))\b)/i;

const scope = '(?:explicitly )?(?:out[ -]of[ -]scope|not in scope)(?: .*)?|non-?goals?';

const criteria = whole([
	'(?:acceptance|exit|entry|success|completion|approval|release)\\b.*\\bcriteria(?: .*)?',
	'definition of (?:done|ready)(?: .*)?',
	// Of Spec Kit's templates: gates that whoever writes the list goes through.
	'(?:validation|review(?: (?:&|and) acceptance)?) checklist',
	'dod',
	scope,
]);

const asides = whole([
	'(?:(?:dev|developer|implementation|technical|additional|completion|general|other|side) )?notes?(?: list)?(?: (?:&|and|/|for|on) .*)?',
	'(?:status |task |marker )?legend',
	'qa results',
	'open questions',
]);

const putOff = whole([
	scope,
	'future(?: (?:work|ideas?|enhancements?|improvements?|considerations?|plans?|extensions?|features?|tasks?|scope|phases?|versions?|releases?|steps?|directions?)(?: (?:&|and|/) .*)?)?',
	'(?:optional|nice[- ]to[- ]haves?|stretch)(?: (?:tasks?|steps?|items?|extras?|enhancements?|improvements?|features?|work|polish|goals?|follow-?ups?))?',
	'(?:future|optional) / .*',
	'ideas',
	'someday(?:/maybe)?',
	'icebox',
	'parking lot',
	'deferred',
]);

function whole(names: readonly string[]): RegExp {
	return new RegExp(`^(?:${names.join('|')})$`, 's');
}
