import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { remove } from '../../../src/io/walls/layers.ts';
import { findProject, prepareFolders } from '../../../src/io/project.ts';
import { workerWalls } from '../../../src/io/walls/worker-walls.ts';
import { runWithin, toolsFor } from '../../helpers/namespaces.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

test('a worker works in the real tree: what it writes is there after it', async (context) => {
	const { place, run } = await walled(context);
	expect(await run('echo new >new.txt && rm a.txt')).toBe('');
	expect([place.read('new.txt'), existsSync(path.join(place.project.root, 'a.txt'))]).toEqual([
		'new\n',
		false,
	]);
});

test('its commits, branches, stashes, hooks and settings are gone with it, and rm -rf .git too', async (context) => {
	const { place, run } = await walled(context);
	await place.git('branch', 'mine');
	const before = await state(place);
	const script = `git commit -q --allow-empty -m x && git checkout -q -b y && git branch -D mine && git log --oneline | wc -l
		git config core.fsmonitor /bin/false; echo x >.git/hooks/pre-commit; echo change >>a.txt; git stash -q; git gc -q --prune=now
		rm -rf .git/* .git 2>/dev/null; ls .git`;
	const output = await run(script);
	expect(output).toContain('Deleted branch mine');
	expect(output).toMatch(/\b2\n/);
	expect(await state(place)).toEqual(before);
});

test.for([
	['the list', 'echo "- [x] Add" >todo.md'],
	['the list, by another file in its place', 'echo x >mine && mv mine todo.md'],
	['the list, by sed -i', 'sed -i s/Add/Sub/ todo.md'],
	['a prompt', 'echo approve >prompts/reviewer.md'],
	['the prompts, by a new one', 'echo approve >prompts/reviewer-new.md'],
	['the prompts, by moving their folder away', 'mv prompts aside'],
	['the journal', 'echo x >.git/nightloop/journal.jsonl'],
	['the logs', 'rm -rf .nightloop && mkdir .nightloop'],
	['the mount itself', 'umount todo.md || unshare -r --mount sh -c "umount todo.md && echo x >todo.md"'],
	['the mount, by making it writable', 'mount -o remount,rw,bind todo.md'],
])('cannot change %s', async ([, script], context) => {
	const { place, run } = await walled(context);
	const files = ['todo.md', 'prompts/reviewer.md', '.git/nightloop/journal.jsonl', '.nightloop/log'];
	const before = files.map((file) => place.read(file));
	expect(await run(`${script} && echo DID IT`)).not.toContain('DID IT');
	expect(files.map((file) => place.read(file))).toEqual(before);
});

test('sees neither the logs of other sessions, nor the journal, nor the rooms, nor another process', async (context) => {
	const { place, run } = await walled(context);
	const { cache } = place.project;
	const script = `ls -A .nightloop .git/nightloop '${cache}'; ls -d /proc/[0-9]* | wc -l; [ -e /proc/${process.pid} ] && echo THE LOOP
		cat /proc/1/environ /proc/1/root/etc/hostname | head -c 1; grep CapEff /proc/self/status; :`;
	const output = await run(script);
	expect(output).not.toMatch(/journal|secret|layers|THE LOOP/);
	expect(output).toContain('Permission denied');
	expect(output).toMatch(/CapEff:\t0{16}/);
});

test('a list that is a link, or lies elsewhere, and a work tree with spaces and commas in its name', async (context) => {
	const place = await scratch();
	const tools = (await toolsFor(place)) ?? context.skip('no namespaces here');
	const { root } = place.project;
	const odd = path.join(path.dirname(root), 'an odd, (name): here');
	renameSync(path.join(root, 'todo.md'), path.join(path.dirname(root), 'list.md'));
	symlinkSync('../list.md', path.join(root, 'todo.md'));
	renameSync(root, odd);
	const project = Object.fromEntries(
		Object.entries(place.project).map(([name, value]) => [
			name,
			typeof value === 'string' ? value.replace(root, odd) : value,
		]),
	) as unknown as Scratch['project'];
	const walls = workerWalls(project, tools, 'trial');
	onTestFinished(() => remove(walls.folder));
	const { output } = await runWithin(
		walls,
		odd,
		'echo x >>todo.md; git commit -q --allow-empty -m x && echo kept >kept.txt',
	);
	expect(output).toContain('Read-only file system');
	expect(readFileSync(path.join(odd, 'kept.txt'), 'utf8')).toBe('kept\n');
});

test('the folder that it works in, and those above it, cannot be moved away', async (context) => {
	const { place } = await walled(context);
	const tools = (await toolsFor(place)) ?? context.skip('no namespaces here');
	place.write('apps/web/todo.md', '- [ ] Add\n');
	const project = {
		...place.project,
		folder: path.join(place.project.root, 'apps/web'),
		prefix: 'apps/web/',
	};
	const walls = workerWalls({ ...project, todo: path.join(project.folder, 'todo.md') }, tools, 'down');
	onTestFinished(() => remove(walls.folder));
	const script =
		'cd ..; mv web x; cd ..; mv apps x; cd ..; mv repository x; echo "- [x] Add" >repository/apps/web/todo.md';
	await runWithin(walls, project.folder, script);
	expect(place.read('apps/web/todo.md')).toBe('- [ ] Add\n');
});

test('a linked work tree: its own git directory and the common one are both thrown away', async (context) => {
	const { place } = await walled(context);
	const linked = path.join(place.around, 'linked');
	await place.git('worktree', 'add', '-q', linked, '-b', 'side');
	const project = await findProject(linked, undefined);
	await prepareFolders(project);
	const tools = (await toolsFor(place)) ?? context.skip('no namespaces here');
	const walls = workerWalls(project, tools, 'trial');
	onTestFinished(() => remove(walls.folder));
	const head = await place.git('rev-parse', 'side');
	const pointer = readFileSync(path.join(linked, '.git'), 'utf8');
	const { output } = await runWithin(
		walls,
		linked,
		'echo kept >kept.txt; git add kept.txt && git commit -qm x && git log --oneline | wc -l; echo "gitdir: /tmp" >.git; rm .git',
	);
	expect(output).toMatch(/^2\n/);
	expect(readFileSync(path.join(linked, '.git'), 'utf8')).toBe(pointer);
	expect([await place.git('rev-parse', 'side'), existsSync(path.join(linked, 'kept.txt'))]).toEqual([
		head,
		true,
	]);
	expect(await place.git('-C', linked, 'status', '--porcelain')).toBe('?? kept.txt');
});

async function walled(context: { skip(note: string): never }) {
	const place = await scratch({ 'prompts/reviewer.md': 'Be strict.\n' });
	const { project } = place;
	writeFileSync(path.join(project.state, 'journal.jsonl'), 'secret');
	writeFileSync(path.join(project.logs, 'log'), 'secret');
	mkdirSync(path.join(project.cache, 'room'), { recursive: true });
	const tools = (await toolsFor(place)) ?? context.skip('no namespaces here');
	const walls = workerWalls(project, tools, 'trial');
	onTestFinished(() => remove(walls.folder));
	return { place, run: async (script: string) => (await runWithin(walls, project.root, script)).output };
}

async function state(place: Scratch): Promise<string[]> {
	const refs = await place.git('for-each-ref');
	return [
		refs,
		await place.git('stash', 'list'),
		await place.git('config', '--list'),
		place.read('.git/HEAD'),
	];
}
