/**
 * What the test runners of one language look like in source. All but `files`, `marker` and `asserting` are searched for in
 * code, that is in a text without comments and strings, with the flags `gm`; each must take linear time on any text.
 */
export interface Language {
	/** Paths of its files, in lower case. */
	readonly files: RegExp;
	/** Comments and literals: what only mentions a test. */
	readonly hidden: RegExp;
	/** Declarations of tests. Group 1 is the name; without one it is the string that follows, or the line. */
	readonly tests: RegExp;
	/** What must stand between such a declaration and the one before for it to be a test. null: nothing. */
	readonly marker: RegExp | null;
	/** What groups tests, with names as in `tests`. */
	readonly suites: RegExp;
	readonly skipped: RegExp;
	readonly focused: RegExp;
	readonly assertions: RegExp;
	/** In the body of a test: what may be an assertion, besides words such as `check` that hold for every language. */
	readonly asserting: RegExp;
	/** How the end of a test is found. */
	readonly extent: 'parentheses' | 'braces' | 'indent';
	/** What the body of a test has; what has not only names one that is elsewhere. */
	readonly opening: RegExp;
	/**
	 * Statements that import names, searched for in the text itself; group 1, or all of it, says where from. null: no
	 * other function can assert anything that `asserting` would not tell.
	 */
	readonly imports: RegExp | null;
}

/** One expression of several alternatives. Named groups must have different names. */
export function oneOf(...alternatives: readonly RegExp[]): RegExp {
	return new RegExp(alternatives.map(({ source }) => source).join('|'), 'gm');
}

/** What a language does not have. */
export const NONE = /(?!)/g;

/** The parts of which `hidden` is made. None of them can fail after its first characters: that keeps them linear. */
export const hide = {
	slashes: /\/\/[^\n]*/,
	block: /\/\*[^]*?(?:\*\/|(?![^]))/,
	hash: /#[^\n]*/,
	double: /"(?:[^"\\\n]+|\\[^]?)*"?/,
	single: /'(?:[^'\\\n]+|\\[^]?)*'?/,
	character: /'(?:\\[^][^'\n]{0,8}|[^\\'\n])'/,
	/** Only where it begins: it may hold code, which may hold others. */
	template: /`/,
	/** A slash divides unless it follows what wants an operand. An unclosed one ends with its line. */
	pattern:
		/\/(?<=(?:^|[(,=:[!&|?{;+\-*%~^]|=>|\b(?:return|typeof|case|when|if|unless|and|or|in|of))\s*\/)(?:[^/\\[\n]+|\\[^\n]?|\[(?:[^\]\\\n]+|\\[^\n]?)*\]?)*\/?/,
} as const;
