#!/usr/bin/env node
/**
 * Makes the pictures of the demo that README shows, from the real one: `npm run picture` runs it in a terminal (tmux), takes its
 * lines with their colours, and writes them as text into docs/demo.svg and, for narrow screens, docs/demo-narrow.svg. Lines that
 * are longer than the picture is wide are broken between words.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const PICTURES = { 'demo.svg': 112, 'demo-narrow.svg': 58 };
const ROOT = path.join(import.meta.dirname, '..');
/** What is shown as typed, and what is run: without npm's own lines. */
const [TYPED, COMMAND] = ['$ npm run demo', 'npm run --silent demo'];

const ESC = '\u001b';
const COLOUR = new RegExp(`(${ESC}\\[[\\d;]*m)`);
/** In ms. */
const LONGEST = 120_000;
const COLOURS = { 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow' };
/** In px, of a character and of the space around all of them. */
const CELL = { width: 8.45, height: 19 };
const EDGE = 16;
const STYLE = `
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:#1f2328}
rect{fill:#fff;stroke:#d1d9e0}
.dim{fill:#59636e}.red{fill:#cf222e}.green{fill:#1a7f37}.yellow{fill:#9a6700}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}
rect{fill:#0d1117;stroke:#3d444d}
.dim{fill:#9198a1}.red{fill:#ff7b72}.green{fill:#3fb950}.yellow{fill:#d29922}
}
`;

const lines = await recorded();
for (const [name, columns] of Object.entries(PICTURES))
	writeFileSync(path.join(ROOT, 'docs', name), picture(lines, columns));

/** The lines of the demo, each as runs of text in one colour. */
async function recorded() {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'nightloop-picture-'));
	const env = {
		PATH: process.env.PATH,
		HOME: folder,
		TMPDIR: '/tmp',
		TERM: 'xterm-256color',
		LC_ALL: 'C.UTF-8',
	};
	const tmux = (...words) => {
		const all = ['-S', path.join(folder, 'tmux'), '-f', '/dev/null', ...words];
		return spawnSync('tmux', all, { cwd: ROOT, env, encoding: 'utf8' }).stdout;
	};
	try {
		const script = `printf '%s\\n' '${TYPED}'; ${COMMAND}; echo the end; sleep 60`;
		tmux('new-session', '-d', '-x', '250', '-y', '100', script);
		for (const startedAt = performance.now(); performance.now() - startedAt < LONGEST; await sleep(100)) {
			const shown = tmux('capture-pane', '-p', '-e').trimEnd().split('\n');
			if (!shown.at(-1).endsWith('the end')) continue;
			// The demo leaves its repository to be looked at.
			rmSync(/\/tmp\/nightloop-demo-\w+/.exec(shown.join('\n'))[0], { recursive: true });
			return coloured(shown.slice(0, -1));
		}
		throw new Error('the demo did not end');
	} finally {
		tmux('kill-server');
		rmSync(folder, { recursive: true, force: true });
	}
}

/** A colour goes on until it is changed, also on the next line. */
function coloured(shown) {
	let colour = '';
	return shown.map((line) => {
		const runs = [];
		for (const part of line.split(COLOUR)) {
			if (part.startsWith(ESC)) colour = part.slice(2, -1).split(';').reduce(colourAfter, colour);
			else if (part !== '') runs.push({ text: part, colour });
		}
		return runs;
	});
}

function colourAfter(colour, code) {
	if (code === '39') return colour === 'dim' ? 'dim' : '';
	return ['', '0', '22'].includes(code) ? '' : (COLOURS[code] ?? colour);
}

function picture(lines, columns) {
	const rows = lines.flatMap((runs) => broken(runs, columns));
	const [width, height] = [Math.ceil(columns * CELL.width + 2 * EDGE), rows.length * CELL.height + 2 * EDGE];
	const texts = rows.map((row, index) => textOf(row, EDGE + (index + 0.75) * CELL.height));
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" xml:space="preserve">
<title>The demo in a terminal</title>
<style>${STYLE}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.filter((text) => text !== '').join('\n')}
</svg>
`;
}

/** A line in rows of so many columns, broken between words; what goes on stands below the words, not below the time. */
function broken(runs, columns) {
	const indent = hanging(runs.map(({ text }) => text).join(''));
	const word = new RegExp(`\\s*\\S{1,${columns - indent.length}}|\\s+$`, 'g');
	const words = runs.flatMap(({ text, colour }) => text.match(word).map((each) => ({ text: each, colour })));
	const rows = [[]];
	let used = 0;
	for (const { text, colour } of words) {
		const isOver = used > 0 && used + text.trimEnd().length > columns;
		const shown = isOver ? `${indent}${text.trimStart()}` : text;
		if (isOver) rows.push([]);
		used = (isOver ? 0 : used) + shown.length;
		rows.at(-1).push({ text: shown, colour });
	}
	return rows;
}

function hanging(line) {
	return ' '.repeat(/^\d\d:\d\d:\d\d \S |^ */.exec(line)[0].length);
}

function textOf(row, y) {
	const runs = row.reduce((all, { text, colour }) => {
		const last = all.at(-1);
		if (last?.colour !== colour) return [...all, { text, colour }];
		return [...all.slice(0, -1), { text: last.text + text, colour }];
	}, []);
	const spans = runs.map(({ text, colour }) =>
		colour === '' ? escaped(text) : `<tspan class="${colour}">${escaped(text)}</tspan>`,
	);
	if (spans.length === 0) return '';
	return `<text x="${EDGE}" y="${y}">${spans.join('')}</text>`;
}

function escaped(text) {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
