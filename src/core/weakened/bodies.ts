import type { Census } from './census.ts';
import type { Declaration, Source } from './source.ts';

/** A test of which the end is known. */
export interface Body {
	readonly test: Declaration;
	/** Whether anything in it looks like an assertion. */
	readonly asserts: boolean;
	/** What it calls and does not declare: the first name of each, such as `console` in `console.log()`. */
	readonly calls: ReadonlySet<string>;
}

/** The bodies of tests. One that lies in another is a part of that. */
export function bodiesOf(source: Source, { tests }: Census): Body[] {
	const { language, code } = source;
	let last = 0;
	return tests.flatMap((test) => {
		if (test.start < last) return [];
		last = Math.max(test.end, endOf(source, test));
		const inside = code.slice(test.end, last);
		if (!language.opening.test(inside)) return [];
		const marker = language.marker === null ? '' : test.before.split(/[;}]/).at(-1)!;
		const body = `${marker}${inside}`;
		return [{ test, asserts: words.test(body) || language.asserting.test(body), calls: callsIn(body) }];
	});
}

/**
 * Tells the names that a test may call without anything being asserted: of the language, of what is tested. All others
 * may be helpers that assert: better to overlook a test than to accuse one.
 */
export function harmlessIn(source: Source, path: string): (name: string) => boolean {
	const [tested, helping] = importedBy(source, path);
	return (name) =>
		source.language.imports === null ||
		builtIn.has(name) ||
		tested.has(name) ||
		(/^[A-Z]/.test(name) && !helping.has(name));
}

const words =
	/assert|expect|should|must|verif|check|ensure|requir|snapshot|match|fail|throw|rais|panic|approv|compar|equal|valid|confirm|prove|satisf|\bwait|contain/i;

const builtIn: ReadonlySet<string> = new Set(
	(
		'if for while switch catch return function async await typeof new elif not and or in with match fn func def do super ' +
		'console process setTimeout setImmediate vi jest print len str int float list dict set tuple range sorted ' +
		'enumerate zip open println printf puts fmt log'
	).split(' '),
);

/** Where a test ends; before it does, where that is not known. */
function endOf({ code, language, layout }: Source, { end }: Declaration): number {
	switch (language.extent) {
		case 'parentheses': {
			const first = layout.closing(end - 1);
			// A table may come first, in a pair of its own.
			const second = first === -1 ? null : /^\s{0,200}\(/.exec(code.slice(first + 1, first + 300));
			return second === null ? first : layout.closing(first + second[0].length);
		}
		case 'braces': {
			const opening = code.slice(end, end + 2000).indexOf('{');
			return opening === -1 ? -1 : layout.closing(end + opening);
		}
		case 'indent': {
			const signature = code[end - 1] === '(' ? layout.closing(end - 1) : end;
			return signature === -1 ? -1 : layout.endOfBlock(signature);
		}
	}
}

function callsIn(code: string): ReadonlySet<string> {
	const call = /(?<![\w$.])([A-Za-z_$][\w$]*)(?:(?:\?\.|\.|::)[A-Za-z_$][\w$]*)*[!?]?\s*\(/g;
	const declaration = /\b(?:const|let|var|val|mut)\s+(\w+)|(?<!\w)(\w+)\s*:?=(?!=)/g;
	const declared = new Set(Array.from(code.matchAll(declaration), ([, name, assigned]) => name ?? assigned));
	const called = Array.from(code.matchAll(call), ([, name]) => name!);
	return new Set(called.filter((name) => !declared.has(name)));
}

/** Names imported from what is tested, and from what helps testing. */
function importedBy({ text, language }: Source, path: string): readonly [Set<string>, Set<string>] {
	const tested = new Set<string>();
	const helping = new Set<string>();
	for (const [statement, from] of text.matchAll(language.imports ?? /(?!)/g)) {
		const names = isOfTests(path, from ?? statement) ? helping : tested;
		for (const [name] of statement.split(/['"]/)[0]!.matchAll(/[\w$]+/g)) names.add(name);
	}
	return [tested, helping];
}

/** Whether a module helps testing, by its name or because it lies among the tests itself. */
function isOfTests(path: string, module: string): boolean {
	if (/test|spec|helper|util|support|fixture|common|harness|setup|mock|fake|stub/i.test(module)) return true;
	const folders = path.split('/').slice(0, -1);
	const top = folders.findIndex((name) => /^(?:tests?|specs?|e2e|__tests__)$/.test(name));
	const up = module.split('/').filter((name) => name === '..').length;
	return module.startsWith('.') && top !== -1 && up < folders.length - top;
}
