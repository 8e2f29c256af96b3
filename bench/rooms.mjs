#!/usr/bin/env node
/**
 * What a room costs in a large repository, at each level of walls: the first one, and the next after a change of three
 * files. Taken from the loop's own events: from `proposed` to `checked`, where the only check is `true`.
 *
 *   node bench/rooms.mjs [--files 100000] [--rooms 4] [--walls groups,auto]
 *
 * Prints a table. Nothing here is asserted: a measurement is not a test.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
	options: {
		files: { type: 'string', default: '100000' },
		rooms: { type: 'string', default: '4' },
		walls: { type: 'string', default: 'groups,auto' },
	},
});
const MAIN = path.join(import.meta.dirname, '../dist/src/cli/main.js');
const ROOMS = Number(values.rooms);
const FILES_PER_FOLDER = 20;

const scratch = mkdtempSync(path.join(os.tmpdir(), 'nightloop-bench-'));
const env = {
	PATH: process.env.PATH,
	HOME: scratch,
	XDG_CACHE_HOME: path.join(scratch, 'cache'),
	GIT_CONFIG_GLOBAL: path.join(scratch, 'gitconfig'),
	LC_ALL: 'C',
};
writeFileSync(
	env.GIT_CONFIG_GLOBAL,
	'[user]\n\tname = bench\n\temail = bench@localhost.invalid\n[gc]\n\tauto = 0\n',
);

try {
	for (const kind of ['tracked', 'ignored']) {
		for (const walls of values.walls.split(',')) measure(kind, walls);
	}
} finally {
	rmSync(scratch, { recursive: true, force: true });
}

function measure(kind, walls) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--until-done', '--json'], {
		cwd: repository(kind, walls),
		env,
		encoding: 'utf8',
		maxBuffer: 1e9,
	});
	if (status !== 0) throw new Error(`nightloop exited ${status}\n${stdout}\n${stderr}`);
	const events = stdout
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	const level = events.find(({ event }) => event === 'started').walls;
	const [first, ...next] = between(events, 'proposed', 'checked');
	const worst = Math.max(...next);
	console.log(
		`${values.files} ${kind} files, ${level.padEnd(10)}  first room ${ms(first)}, next ${ms(median(next))} (worst ${ms(worst)})`,
	);
}

function between(events, from, to) {
	const times = (name) => events.filter(({ event }) => event === name).map(({ at }) => Date.parse(at));
	const begins = times(from);
	return times(to).map((end, index) => end - begins[index]);
}

/** Each task changes three of the many files, and one that is tracked. */
function repository(kind, walls) {
	const folder = mkdtempSync(path.join(scratch, 'repo-'));
	const many = kind === 'tracked' ? 'src' : 'node_modules';
	const name = (n) => `${many}/${Math.floor(n / FILES_PER_FOLDER)}/lib/${n}.js`;
	for (let n = 0; n < Number(values.files); n++) {
		const file = path.join(folder, name(n));
		if (n % FILES_PER_FOLDER === 0) mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(file, `export const n = ${n};\n`.repeat(20));
	}
	const changed = [7, 70, 700].map(name).join(' ');
	const worker = `cat > /dev/null; for file in work.txt ${changed}; do echo x >> $file; done; echo done`;
	const reviewer = `cat > /dev/null; printf '\`\`\`verdict %s\\n{"verdict":"approve","findings":[]}\\n\`\`\`\\n' "$NIGHTLOOP_NONCE"`;
	const write = (file, text) => {
		mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		writeFileSync(path.join(folder, file), text);
	};
	write('.gitignore', 'node_modules/\n');
	write('work.txt', '');
	write('prompts/worker.md', `---\nagent: sh ${stub('worker', worker)}\n---\n{{task}}\n`);
	write('prompts/reviewer.md', `---\nagent: sh ${stub('reviewer', reviewer)}\n---\n{{nonce}} {{task}}\n`);
	write('todo.md', `---\nwalls: ${walls}\nchecks: "true"\n---\n`);
	for (let n = 0; n < ROOMS; n++) appendFileSync(path.join(folder, 'todo.md'), `- [ ] Task ${n}\n`);
	// A list that was saved just now is left in peace for a moment; this one was not.
	utimesSync(path.join(folder, 'todo.md'), new Date(0), new Date(0));
	execFileSync('sh', ['-c', 'git init -q -b main && git add -A && git commit -q -m start && git gc -q'], {
		cwd: folder,
		env,
	});
	return folder;
}

function stub(name, body) {
	const file = path.join(scratch, `${name}.sh`);
	writeFileSync(file, `${body}\n`);
	return file;
}

function median(list) {
	return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
}

function ms(time) {
	return `${time} ms`;
}
