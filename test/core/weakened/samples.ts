/** What one file is like in base and in the candidate, and what is found: kind and line, or kind alone. */
export interface Sample {
	readonly what: string;
	readonly before?: string;
	readonly after: string;
	readonly found: readonly string[];
}

const lines = (...text: readonly string[]) => `${text.join('\n')}\n`;

const script = {
	before: lines(
		"import { expect, it } from 'vitest';",
		"import { add } from '../src/add.ts';",
		"it('adds', () => {",
		'	expect(add(1, 2)).toBe(3);',
		'	expect(add(0, 0)).toBe(0);',
		'});',
		"it('adds none', () => expect(add()).toBe(0));",
	),
	with: (...text: readonly string[]) => lines(...script.before.trimEnd().split('\n'), ...text),
};

const python = {
	before: lines(
		'import pytest',
		'from calc import add',
		'',
		'def test_adds():',
		'    assert add(1, 2) == 3',
		'    assert add(0, 0) == 0',
		'',
		'class TestNone(unittest.TestCase):',
		'    def test_none(self):',
		'        self.assertEqual(add(), 0)',
	),
	with: (...text: readonly string[]) => lines(...python.before.trimEnd().split('\n'), ...text),
};

const go = lines(
	'package calc',
	'func TestAdd(t *testing.T) {',
	'	if Add(1, 2) != 3 {',
	'		t.Errorf("want %d", 3)',
	'	}',
	'}',
);

const rust = lines(
	"pub fn add<'a>(x: &'a u8, y: u8) -> u8 { x + y }",
	'#[cfg(test)]',
	'mod tests {',
	'    use super::*;',
	'    #[test]',
	'    fn adds() {',
	'        assert_eq!(add(&1, 2), 3);',
	'    }',
	'}',
);

const java = lines(
	'class AddTest {',
	'  @Test',
	'  public void adds() {',
	'    Add add = new Add();',
	'    assertEquals(3, add.of(1, 2));',
	'  }',
	'}',
);

const ruby = lines(
	"RSpec.describe 'adding' do",
	"  it 'adds' do",
	'    expect(add(1, 2)).to eq 3',
	'  end',
	"  it 'adds none' do",
	'    expect(add).to eq 0',
	'  end',
	'end',
);

/** By path, as that tells the language. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
	'test/add.test.ts': [
		...[
			"it.skip('more', () => { expect(add(2)).toBe(2); });",
			"it.concurrent.skip('more', () => expect(add(2)).toBe(2));",
			"xit('more', () => expect(add(2)).toBe(2));",
			"describe.skip('more', () => {});",
			"xdescribe('more', () => {});",
			"test.skipIf(true)('more', () => expect(add(2)).toBe(2));",
			"test.fails('more', () => expect(add(2)).toBe(2));",
			"test('more', { skip: true }, () => expect(add(2)).toBe(2));",
			"test('more', { timeout: 5, skip: 'later' }, () => expect(add(2)).toBe(2));",
			"test('more', { todo: true }, () => expect(add(2)).toBe(2));",
			"test('more', (t) => { t.skip(); expect(add(2)).toBe(2); });",
			"it('more', function () { this.skip(); expect(add(2)).toBe(2); });",
			"it('more', () => {\n	pending();\n	expect(add(2)).toBe(2);\n});",
		].map((line) => ({
			what: line,
			before: script.before,
			after: script.with(line),
			found: [`skipped ${line.includes('\n') ? 9 : 8}`],
		})),
		...[
			"it.only('more', () => expect(add(2)).toBe(2));",
			"describe.only('more', () => {});",
			"fit('more', () => expect(add(2)).toBe(2));",
			"fdescribe('more', () => {});",
			"test('more', { only: true }, () => expect(add(2)).toBe(2));",
		].map((line) => ({ what: line, before: script.before, after: script.with(line), found: ['focused 8'] })),
		...[
			"it('more', () => {});",
			"it('more', async () => { await add(2); });",
			"it('more', () => { const sum = add(2); console.log(sum.toFixed()); });",
			"it('more', () => { new Map().set(add(2)); /* expect(add(2)).toBe(2) */ });",
			"it.each([1, 2])('more %s', (n) => { add(n); });",
			"it.each`\n	a\n	${1}\n`('more', () => { add(1); });",
		].map((line) => ({
			what: line,
			before: script.before,
			after: script.with(line),
			found: ['without assertions 8'],
		})),
		...[
			"it('more', () => adds(2, 2));",
			"it('more', () => expect(add(2)).toBe(2));",
			"it('more', () => assert.equal(add(2), 2));",
			"it('more', () => add(2).should.equal(2));",
			"it('more', sharedCase);",
			"it('more', () => page.seesNothing());",
			"it('more', function () { this.adds(2); });",
			"it('more', async ({ page }) => { await page.goto(); });",
			"it('more', (done) => { add(2, done); });",
			"it.todo('more');",
			"it('says it.skip( and it.only(', () => expect(`it.skip('${`it.only(`}') {`).toBe(2)); // it.skip('x')",
			"it('matches /it.skip(/', () => expect(/[/'\"]it.only(/.test('a')).toBe(4 / 2 / 1));",
			'const page = { skip: 10, limit: 5, only: true };',
			"queue.skip(1); model.fit('a', 1); fit(model);",
			"it('says', () => expect(`${{ a: { b: 1 } }.a} it.skip( ${1}`).toBe(`it.only(`));",
			'/* it.only( */',
			"it('more', () => { helper({ skip: true }); expect(1).toBe(1); });",
		].map((line) => ({ what: line, before: script.before, after: script.with(line), found: [] })),
		{
			what: 'a helper imported from among the tests',
			before: script.before,
			after: `import { adds } from './adds.ts';\nimport { Page } from '../test/page.ts';\n${script.with("it('more', () => adds(2));", "it('page', () => { new Page().shows(); });")}`,
			found: [],
		},
		{
			what: 'what is tested, by require',
			before: script.before,
			after: `const { sub } = require('../src/sub');\n${script.with("it('more', () => { sub(2); });")}`,
			found: ['without assertions 9'],
		},
		{
			what: 'a skip that base has',
			before: script.with("it.skip('later', () => {", '	expect(1).toBe(1);', '});'),
			after: `\n${script.with("it.skip('later', async () => {", '	expect(1).toBe(1);', '});')}`,
			found: [],
		},
		{
			what: 'another test skipped instead of one',
			before: script.before.replace("it('adds none'", "it.skip('adds none'"),
			after: script.before.replace("it('adds',", "it.skip('adds',"),
			found: ['skipped 3'],
		},
		{
			what: 'a test in comments',
			before: script.before,
			after: script.before.replace("it('adds none'", "// it('adds none'"),
			found: ['skipped 7', 'fewer assertions'],
		},
		{
			what: 'a test in a block of comments',
			before: script.before,
			after: script.before.replace("it('adds',", "/*\n	* it('adds',").replace('});', '});\n*/'),
			found: ['skipped 4', 'fewer assertions'],
		},
		{
			what: 'a comment on a test that goes on',
			before: script.before,
			after: `// it('adds', as everybody knows)\n${script.before}`,
			found: [],
		},
		{
			what: 'a test that asserts nothing any more',
			before: script.before,
			after: script.before.replaceAll(/expect\((add\(.*?\))\)\.toBe\(\d\)/g, '$1'),
			found: ['without assertions 3', 'without assertions 7', 'fewer assertions'],
		},
		{
			what: 'a test that has never asserted anything by itself',
			before: script.with("it('more', () => adds(2));"),
			after: script.with("it('more', () => adds(3));"),
			found: [],
		},
		{
			what: 'assertions that went into a helper',
			before: script.before,
			after: script.before.replace('expect(add()).toBe(0)', 'addsTo(0)'),
			found: ['fewer assertions'],
		},
		{
			what: 'another call instead of assertions',
			before: script.before,
			after: script.before.replace('expect(add()).toBe(0)', 'console.log(add())'),
			found: ['without assertions 7', 'fewer assertions'],
		},
		{
			what: 'one assertion less',
			before: script.before,
			after: script.before.replace('	expect(add(0, 0)).toBe(0);\n', ''),
			found: ['fewer assertions'],
		},
		{
			what: 'one test less',
			before: script.before,
			after: script.before.replace(/it\('adds none'.*\n/, ''),
			found: ['fewer tests', 'fewer assertions'],
		},
		{
			what: 'a test for another of another name',
			before: script.before,
			after: script.before.replace("'adds none'", "'adds nothing'"),
			found: [],
		},
		{
			what: 'no test left',
			before: script.before,
			after: "import { it } from 'vitest';\n",
			found: ['emptied'],
		},
		{ what: 'nothing left', before: script.before, after: '', found: ['emptied'] },
		{
			what: 'only comments left of helpers',
			before: 'export const a = 1;\n',
			after: '// a\n',
			found: ['emptied'],
		},
		{ what: 'a file that is not complete', after: "it('more', () => { `${add(", found: [] },
		{ what: 'a table that is not complete', after: "it.each([1])('more', () => {", found: [] },
	],
	'spec/login.spec.js': [
		{
			what: 'a module beside it, that may be a helper',
			after: "import { logsIn } from './login.js';\nit('works', () => logsIn());\n",
			found: [],
		},
	],
	'src/login.test.js': [
		{
			what: 'a module beside it, that is what is tested',
			after: "import { logsIn } from './login.js';\nit('works', () => logsIn());\n",
			found: ['without assertions 2'],
		},
	],
	'tests/test_add.py': [
		...[
			'@pytest.mark.skip(reason="later")\ndef test_more():\n    assert add(2) == 2',
			'@pytest.mark.skipif(sys.platform == "win32", reason="later")\ndef test_more():\n    assert add(2) == 2',
			'@pytest.mark.xfail\nasync def test_more():\n    assert add(2) == 2',
			'@unittest.skip("later")\nclass TestMore(unittest.TestCase):\n    def test_more(self):\n        self.assertTrue(1)',
			'@unittest.expectedFailure\ndef test_more():\n    assert add(2) == 2',
			'pytestmark = pytest.mark.skip',
		].map((text) => ({
			what: text,
			before: python.before,
			after: python.with(text),
			found: ['skipped 11'],
		})),
		...[
			'def test_more():\n    pytest.skip("later")\n    assert add(2) == 2',
			'def test_more(self):\n    self.skipTest("later")\n    self.assertEqual(add(2), 2)',
			'def test_more():\n    raise unittest.SkipTest("later")\n    assert add(2) == 2',
		].map((text) => ({
			what: text,
			before: python.before,
			after: python.with(text),
			found: ['skipped 12'],
		})),
		...[
			'def test_more(): pass',
			'def test_more():\n    """assert add(2) == 2"""\n    add(2)  # assert',
			'async def test_more(\n    client,\n):\n    sum = add(2)\n    print(sum)\n\nx = 1',
		].map((text) => ({
			what: text,
			before: python.before,
			after: python.with(text),
			found: ['without assertions 11'],
		})),
		...[
			'def test_more():\n    with pytest.raises(ValueError):\n        add("a")',
			'def test_more():\n    adds_well(2)',
			'def test_more(self):\n    self.adds(2)',
			'def test_more(client):\n    client.shows("a")',
			'def test_more():\n    """it says @pytest.mark.skip"""\n    assert add("\\"@unittest.skip") == \'@pytest.mark.skip\'',
			'def helper():\n    pass',
			'# @pytest.mark.skip\n',
			'def test_more(',
		].map((text) => ({ what: text, before: python.before, after: python.with(text), found: [] })),
		{
			what: 'helpers from the package of the tests',
			before: python.before,
			after: `from .adds import adds\nfrom tests.more import sees\n${python.with('def test_more():\n    adds(2)\n    sees(2)')}`,
			found: [],
		},
		{
			what: 'a test in comments',
			before: python.before,
			after: python.before.replace(/def test_adds[^]*?\n\n/, (text) => text.replaceAll(/^(?=.)/gm, '# ')),
			found: ['skipped 4', 'fewer assertions'],
		},
		{
			what: 'assertions out of a test',
			before: python.before,
			after: python.before.replaceAll(/assert (add.*) ==.*/g, '$1'),
			found: ['without assertions 4', 'fewer assertions'],
		},
		{ what: 'a focus', after: '@pytest.mark.only\ndef test_a():\n    assert 1', found: ['focused 1'] },
	],
	'calc/add_test.go': [
		{ what: 'a skip', before: go, after: go.replace('	if', '	t.Skip("later")\n	if'), found: ['skipped 3'] },
		{ what: 'a skip now', before: go, after: go.replace('	if', '	t.SkipNow()\n	if'), found: ['skipped 3'] },
		{ what: 'a build without it', before: go, after: `//go:build ignore\n\n${go}`, found: ['skipped 1'] },
		{
			what: 'a build that nobody asks for',
			before: go,
			after: `//go:build never\n\n${go}`,
			found: ['skipped 1'],
		},
		{ what: 'a build on one system', before: go, after: `//go:build linux\n\n${go}`, found: [] },
		{
			what: 'a build on some',
			before: go,
			after: `//go:build go1.22 && (linux || !arm64)\n\n${go}`,
			found: [],
		},
		{
			what: 'a test in comments',
			before: go,
			after: go.replace(
				/func[^]*/,
				(text) => `func TestB(t *testing.T) { t.Fatal() }\n${text.replaceAll(/^(?=.)/gm, '// ')}`,
			),
			found: ['skipped 3'],
		},
		{
			what: 'a test that cannot fail',
			before: go,
			after: `${go}func TestB(t *testing.T) {\n	t.Log(calc.Add(1, '}'))\n	println(\`t.Fatal("\`)\n}\n`,
			found: ['without assertions 7'],
		},
		{
			what: 'helpers and tables',
			before: go,
			after: `${go}func TestB(t *testing.T) {\n	for _, c := range cases {\n		t.Run(c.name, func(t *testing.T) { want(t, c) })\n	}\n}\nfunc TestC(tt *testing.T) { adds(tt) }\n`,
			found: [],
		},
		{ what: 'a test that ends nowhere', before: go, after: `${go}func TestB(t *testing.T)\n`, found: [] },
		{ what: 'no test any more', before: go, after: go.replace('TestAdd', 'testAdd'), found: ['emptied'] },
	],
	'src/lib.rs': [
		{
			what: 'an ignored test',
			before: rust,
			after: rust.replace('#[test]', '#[test]\n    #[ignore]'),
			found: ['skipped 6'],
		},
		{
			what: 'ignored first',
			before: rust,
			after: rust.replace('#[test]', '#[ignore = "slow"]\n    #[test]'),
			found: ['skipped 5'],
		},
		{
			what: 'an empty test',
			before: rust,
			after: rust.replace(/ {8}assert.*\n/, ''),
			found: ['without assertions 6', 'fewer assertions'],
		},
		{
			what: 'raw strings, characters and macros',
			before: rust,
			after: rust.replace(
				/}\n$/,
				'#[tokio::test]\nasync fn more() {\n  let a = r#"#[ignore] " {"#; let c = \'{\'; /* #[ignore] */ check(a);\n}\nfn helper() {}\n}\n',
			),
			found: [],
		},
		{
			what: 'one that has to panic',
			before: rust,
			after: rust.replace(/}\n$/, '#[test]\n#[should_panic]\nfn more() { Sum::new(1); }\n}\n'),
			found: [],
		},
		{
			what: 'one that only makes things',
			before: rust,
			after: rust.replace(
				/}\n$/,
				'#[test]\nfn more() { let mut a = Sum::new(1); a.add(1); println!("{}", a); }\n}\n',
			),
			found: ['without assertions 10'],
		},
		{ what: 'a function less', before: `fn a() {}\n${rust}`, after: rust, found: [] },
	],
	'src/test/java/AddTest.java': [
		{
			what: 'disabled',
			before: java,
			after: java.replace('@Test', '@Disabled("later")\n  @Test'),
			found: ['skipped 2'],
		},
		{ what: 'ignored', before: java, after: java.replace('@Test', '@Test @Ignore'), found: ['skipped 2'] },
		{ what: 'a class disabled', before: java, after: `@Disabled\n${java}`, found: ['skipped 1'] },
		{
			what: 'not enabled',
			before: java,
			after: java.replace('@Test', '@Test(enabled = false)'),
			found: ['skipped 2'],
		},
		{
			what: 'a test without assertions',
			before: java,
			after: java.replace(
				/}\n$/,
				'  @ParameterizedTest\n  @ValueSource(ints = {1, 2})\n  void more(int n) { new Add().of(n); }\n}\n',
			),
			found: ['without assertions 9'],
		},
		{
			what: 'an expected exception, helpers, what is no test',
			before: java,
			after: java.replace(
				/}\n$/,
				'  @Test(expected = E.class)\n  public void more() { new Add().of(1); }\n  @Test void most() { adds(2); }\n  void helper() {}\n  String s = """\n  @Disabled " """;\n}\n',
			),
			found: [],
		},
	],
	'src/test/kotlin/AddTest.kt': [
		{
			what: 'names with blanks, bodies without braces',
			before: '',
			after:
				'class AddTest {\n  @Test fun `adds none`() { Add().of(0) }\n  @Test fun `adds well`() = assertEquals(3, add(1, 2))\n}\n',
			found: ['without assertions 2'],
		},
	],
	'spec/add_spec.rb': [
		...[
			["xit 'more' do\n  expect(1).to eq 1\nend", 9],
			["it 'more', skip: true do\n  expect(1).to eq 1\nend", 9],
			["it 'more', :skip do\n  expect(1).to eq 1\nend", 9],
			["it 'more' do\n  skip 'later'\n  expect(1).to eq 1\nend", 10],
			["it 'more' do\n  pending\n  expect(1).to eq 1\nend", 10],
			["xdescribe 'more' do\nend", 9],
		].map(([text, line]) => ({
			what: String(text),
			before: ruby,
			after: `${ruby}${text}\n`,
			found: [`skipped ${line}`],
		})),
		...[
			"fit 'more' do\n  expect(1).to eq 1\nend",
			"fdescribe 'more' do\nend",
			"it 'more', focus: true do\n  expect(1).to eq 1\nend",
			"RSpec.describe 'more', :focus do\nend",
		].map((text) => ({ what: text, before: ruby, after: `${ruby}${text}\n`, found: ['focused 9'] })),
		...[
			"it 'more' do\n  sum = Add.of(1)\nend",
			"it('more') { }",
			"it 'more' do\n  Add.of(<<~TEXT)\n    expect\n  TEXT\n  Add.of(%w[expect]) # expect\nend",
		].map((text) => ({
			what: text,
			before: ruby,
			after: `${ruby}${text}\n`,
			found: ['without assertions 9'],
		})),
		...[
			'it { is_expected.to be_empty }',
			"it 'more' do\n  adds_well\nend",
			"it 'more' do\n  adds 2, 3\nend",
			"it 'more'",
			"skip = 1\n=begin\nxit 'more' do\n=end\nlet(:it) { 'xit' }",
			"it 'more', skip: false do\n  expect(1).to eq 1\nend",
			'def test_more\n  assert_equal 1, add\nend',
			"test 'more' do\n  assert_equal 1, add\nend",
		].map((text) => ({ what: text, before: ruby, after: `${ruby}${text}\n`, found: [] })),
		{
			what: 'a test less',
			before: ruby,
			after: ruby.replace(/ {2}it 'adds none'[^]*?end\n/, ''),
			found: ['fewer tests', 'fewer assertions'],
		},
	],
	'test/data.json': [{ what: 'no language of ours', before: '{"a":1}', after: '', found: [] }],
};
