import { hide, NONE, oneOf } from './language.ts';
import type { Language } from './language.ts';

/** The language of a test file, by its path; null: none that we know the test runners of. */
export function languageOf(path: string): Language | null {
	const known = path.toLowerCase();
	return languages.find(({ files }) => files.test(known)) ?? null;
}

/** vitest, jest, mocha, jasmine, Playwright and node:test. */
const script: Language = {
	files: /\.[cm]?[jt]sx?$/,
	hidden: oneOf(hide.slashes, hide.block, hide.double, hide.single, hide.pattern, hide.template),
	tests:
		/(?<![.\w$])(?:f(?:it|test)\s*\((?=\s*,)|x?(?:it|test|specify)(?:\.(?:only|skip|skipIf|runIf|concurrent|sequential|serial|each|for|fails|failing|fixme))*\s*\(|(?:it|test)(?:\.\w+){0,3}\.each\b[^(;]{0,600}\()/gm,
	marker: null,
	suites: /(?<![.\w$])(?:[xf]?(?:describe|context|suite)|test\.describe)(?:\.\w+)*\s*\(/gm,
	skipped: oneOf(
		/(?<![.\w$])(?:it|test|specify|describe|context|suite)(?:\.\w+){0,3}\.(?:skip|skipIf|runIf|fails|failing|fixme)\b/,
		/(?<![.\w$])x(?:it|test|specify|describe|context)(?:\.each\b)?\s*\(/,
		/(?<![.\w$])(?:it|test|describe|suite)\s*\(\s*,\s*\{[^{}()]{0,200}?\b(?:skip|todo)\s*:(?!\s*(?:false|undefined)\b)/,
		/(?<![.\w$])(?:this|t|ctx|context)\.(?:skip|todo)\s*\(/,
		/^[ \t]*pending\s*\(/,
	),
	focused: oneOf(
		/(?<![.\w$])(?:it|test|specify|describe|context|suite)(?:\.\w+){0,3}\.only\b/,
		/(?<![.\w$])f(?:it|test|describe|context)\s*\((?=\s*,)/,
		/(?<![.\w$])(?:it|test|describe|suite)\s*\(\s*,\s*\{[^{}()]{0,200}?\bonly\s*:\s*true\b/,
	),
	assertions:
		/\b(?:expect\w*|assert\w*)(?:\.\w+)*\s*\(|\.should\b|(?<![.\w$])t\.(?:is|not|deepEqual|true|false|truthy|falsy|throws\w*|like|regex|snapshot|pass|fail|equal|ok|same)\s*\(/gm,
	asserting: /\.(?:is|not|like|ok|same|pass)\s*\(|\b(?:cy|done|get\w*By\w+|find\w*By\w+)\b/,
	extent: 'parentheses',
	opening: /=>|\bfunction\b/,
	imports:
		/^(?:import[ \t]|(?:const|let|var)[ \t](?=[^'";=]{1,400}=[^'";=]{0,20}(?:require|import)\())[^'";]{1,400}['"]([^'"\n]{1,300})/gm,
};

/** pytest and unittest. */
const python: Language = {
	files: /\.py$/,
	hidden: oneOf(
		hide.hash,
		/(?<triple>"""|''')(?:[^\\]|\\[^]?)*?(?:\k<triple>|(?![^]))/,
		hide.double,
		hide.single,
	),
	tests: /^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)[ \t]*\(/gm,
	marker: null,
	suites: /^[ \t]*class[ \t]+(\w+)/gm,
	skipped: oneOf(
		/@?(?:\bpytest\.)?\bmark\.(?:skip|skipif|xfail)\b/,
		/\bpytest\.(?:skip|xfail|importorskip)\s*\(/,
		/@(?:unittest\.)?(?:skip|skipIf|skipUnless|expectedFailure)\b/,
		/\bself\.skipTest\s*\(/,
		/\braise[ \t]+(?:unittest\.)?SkipTest\b/,
		/\b__test__[ \t]*=[ \t]*False\b/,
	),
	focused: /@(?:pytest\.)?mark\.only\b/gm,
	assertions: /(?<![.\w])assert\b|\.assert\w*\s*\(|\b(?:pytest|self)\.(?:raises|warns|fail)\s*\(/gm,
	asserting: /\bself\.\w+\s*\(/,
	extent: 'indent',
	opening: /:/,
	imports: /^from[ \t]+([.\w]+)[ \t]+import[ \t]+(?:\([^()]{0,400}\)|[^\n]*)|^import[ \t]+[\w., \t]+/gm,
};

const go: Language = {
	files: /_test\.go$/,
	// A build constraint is a comment that decides whether there are any tests.
	hidden: oneOf(/\/\/(?!go:build)[^\n]*/, hide.block, /`[^`]*`?/, hide.double, hide.character),
	tests: /^func[ \t]+((?:Test|Fuzz)\w*)[ \t]*\(|\bt\.Run\s*\(/gm,
	marker: null,
	suites: NONE,
	skipped:
		/\b(?:t|b|f|tb|T\(\))\.Skip(?:f|Now)?\s*\(|^\/\/go:build[^\n]*?\b(?!(?:linux|darwin|windows|unix|freebsd|js|wasm|amd64|arm64|386|cgo|gc|race|go1)\b)[a-z]\w*/gm,
	focused: NONE,
	assertions:
		/\b(?:t|b|f|tb|T\(\))\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(|\b(?:assert|require|is|qt)\.\w+\s*\(|\bcmp\.(?:Diff|Equal)\s*\(/gm,
	// Only what is handed the `t` can fail a test.
	asserting:
		/\bt\b(?!\.(?:Log|Logf|Run|Parallel|Helper|Name|TempDir|Setenv)\b|[ \t]+\*testing)|\b(?!t\b)\w+[ \t]+\*testing\.|\b(?:is|qt)\./,
	extent: 'braces',
	opening: /\{/,
	imports: null,
};

/** cargo test, rstest and the tests of async runtimes; also modules of tests amid the code. */
const rust: Language = {
	files: /\.rs$/,
	hidden: oneOf(
		hide.slashes,
		hide.block,
		/\bb?r(?<hashes>#{0,255})"[^]*?(?:"\k<hashes>|(?![^]))/,
		/"(?:[^"\\]+|\\[^]?)*"?/,
		hide.character,
	),
	tests: /\bfn[ \t]+(\w+)/gm,
	marker: /#\[(?:\w+::){0,4}(?:test|rstest|test_case|quickcheck)\b/,
	suites: /\bmod[ \t]+(\w+)/gm,
	skipped: /#\[ignore\b|#\[cfg_attr\([^\]\n]{0,200}\bignore\b|#\[cfg\(any\(\)\)\]/gm,
	focused: NONE,
	assertions: /\b\w{0,40}assert\w{0,40}!|\bpanic!|\bshould_panic\b/gm,
	asserting: /\bunwrap|\?|\b(?!(?:print|println|eprint|eprintln|format|vec|dbg|write|writeln)!)\w{1,60}!/,
	extent: 'braces',
	opening: /\{/,
	imports: /^[ \t]*use[ \t]+[^;]{1,400};/gm,
};

/** JUnit 4 and 5, TestNG and kotlin.test. */
const jvm: Language = {
	files: /\.(?:java|kt|kts)$/,
	hidden: oneOf(hide.slashes, hide.block, /"""[^]*?(?:"""|(?![^]))/, hide.double, hide.character),
	tests: /\b(?:void|fun)[ \t]+(\w+|`[^`\n]{1,200}`)[ \t]*\(/gm,
	marker: /@(?:Test|ParameterizedTest|RepeatedTest|TestTemplate|Property)\b/,
	suites: /\b(?:class|object)[ \t]+(\w+)/gm,
	skipped: oneOf(
		/@(?:Disabled|Ignore|EnabledIf|EnabledOn)\w*/,
		/@Test\s*\([^()]{0,200}\benabled\s*=\s*false\b/,
		/\b(?:assumeTrue|assumeFalse|assumeThat|assumingThat)\s*\(/,
	),
	focused: NONE,
	assertions: /\b(?:assert\w*|verify\w*|expect\w*|fail)\s*[({<]|\bshould\w*\b|\bexpected\s*=|\bandExpect\b/gm,
	asserting: /\bexpected\b/,
	extent: 'braces',
	opening: /\{/,
	imports: /^import[ \t]+[^\n;]+/gm,
};

/** RSpec and minitest. */
const ruby: Language = {
	files: /\.rb$/,
	hidden: oneOf(
		/^=begin\b[^]*?(?:^=end\b[^\n]*|(?![^]))/,
		/^__END__\n[^]*/,
		/<<[~-](?<quote>['"]?)(?<word>[A-Za-z_]\w*)\k<quote>[^]*?(?:\n[ \t]*\k<word>\b|(?![^]))/,
		/%[qQwWiI](?:\[[^\]]*\]?|\([^)]*\)?|\{[^}]*\}?)/,
		hide.hash,
		hide.double,
		hide.single,
		hide.pattern,
	),
	tests:
		/^[ \t]*(?:[xf]?(?:it|specify|example|scenario)\b(?![ \t]*[=.:])|test\b(?=[ \t(]+(?:do\b|\)))|def[ \t]+(test_\w+))/gm,
	marker: null,
	suites: /^[ \t]*(?:RSpec\.)?[xf]?(?:describe|context|feature)\b/gm,
	skipped: oneOf(
		/^[ \t]*(?:RSpec\.)?x(?:it|specify|example|scenario|describe|context|feature)\b/,
		/^[ \t]*(?:skip|pending)\b(?![ \t]*[=.,:])/,
		/^[ \t]*(?:RSpec\.)?(?:it|specify|example|scenario|describe|context|feature)\b[^\n]*(?:\b(?:skip|pending):(?!\s*(?:false|nil)\b)|[ ,(]:(?:skip|pending)\b)/,
	),
	focused: oneOf(
		/^[ \t]*(?:RSpec\.)?f(?:it|specify|example|scenario|describe|context|feature)\b(?![ \t]*[=.])/,
		/^[ \t]*(?:RSpec\.)?(?:it|specify|example|scenario|describe|context|feature)\b[^\n]*(?:\bfocus:\s*true\b|[ ,(]:focus\b)/,
	),
	assertions: /\b(?:expect|is_expected|assert\w*|refute\w*)\b|\.(?:should|must_|wont_)\w*/gm,
	asserting: /\brefute|\bwont_|^[ \t]*(?!(?:do|end|else|begin)\b)[a-z_]\w*[!?]?[ \t]*(?:$|[ \t][\w:@[{])/m,
	extent: 'indent',
	opening: /\bdo\b|\{|^\s*\n\s*\S/,
	imports: NONE,
};

const languages: readonly Language[] = [script, python, go, rust, jvm, ruby];
