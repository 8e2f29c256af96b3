import { constants } from 'node:os';
import { isObject, jsonObject } from '../core/json.ts';
import { UserError } from '../core/errors.ts';

/** What the scripted agent may do, one thing after the other. Times in ms. */
export type Action =
	| { readonly act: 'write' | 'append'; readonly path: string; readonly text: string }
	| { readonly act: 'delete'; readonly path: string }
	| { readonly act: 'run'; readonly command: string }
	| { readonly act: 'sleep'; readonly ms: number }
	| { readonly act: 'say'; readonly text: string }
	| { readonly act: 'spill'; readonly bytes: number; readonly char: string }
	| { readonly act: 'hang' }
	| { readonly act: 'exit'; readonly code: number }
	| { readonly act: 'kill'; readonly signal: NodeJS.Signals };

/** When a scene is played, and what is done in it. What is absent matches anything. */
export interface Scene {
	readonly role: string;
	/** A part of the task's text. */
	readonly task?: string;
	readonly attempt?: number;
	/** `NIGHTLOOP_SESSION`, such as `0002-reviewer`. */
	readonly session?: string;
	/** A part of the prompt, to tell one reviewer from another. */
	readonly prompt?: string;
	readonly do: readonly Action[];
}

/** The session that a scene is chosen for. */
export interface Who {
	readonly role: string;
	readonly task: string;
	readonly attempt: number;
	readonly session: string;
	readonly nonce: string;
	readonly prompt: string;
}

/**
 * The scenes of a script, `{"scenes":[{"role","task"?,"attempt"?,"session"?,"prompt"?,"do":[ACTION, ...]}]}`. Its actions
 * are listed at the top of agent.ts. Throws a UserError that names the place of whatever is wrong.
 */
export function readScript(text: string): Scene[] {
	const scenes = jsonObject(text)?.['scenes'];
	if (!Array.isArray(scenes)) {
		throw wrong('the script', 'it is not {"scenes":[...]}');
	}
	return scenes.map((scene: unknown, i) => readScene(scene, `scenes[${i}]`));
}

/** The first scene that fits, or null. */
export function chooseScene(scenes: readonly Scene[], who: Who): Scene | null {
	return scenes.find((scene) => fits(scene, who)) ?? null;
}

/** A text with `{{nonce}}`, `{{task}}`, `{{attempt}}` and `{{prompt}}` filled in; other braces stay. */
export function fill(text: string, who: Who): string {
	const values: Record<string, string> = { ...who, attempt: String(who.attempt) };
	return text.replaceAll(
		/\{\{(nonce|task|attempt|prompt)\}\}/g,
		(hole, name: string) => values[name] ?? hole,
	);
}

function wrong(what: string, why: string): UserError {
	return new UserError({ what, why, fix: 'Correct the script; src/demo/agent.ts says what it may hold.' });
}

function readScene(scene: unknown, place: string): Scene {
	if (!isObject(scene) || !Array.isArray(scene['do'])) {
		throw wrong(place, 'it is not {"role":...,"do":[...]}');
	}
	const keys: Record<string, (value: unknown) => boolean> = {
		role: isText,
		task: isText,
		attempt: isCount,
		session: isText,
		prompt: isText,
		do: Array.isArray,
	};
	const bad = Object.keys({ role: 0, ...scene }).find((key) => keys[key]?.(scene[key]) !== true);
	if (bad !== undefined) {
		throw wrong(`${place}.${bad}`, 'unknown, or not what belongs there');
	}
	const actions = scene['do'].map((action: unknown, i) => readAction(action, `${place}.do[${i}]`));
	return { role: '', ...scene, do: actions };
}

function readAction(action: unknown, place: string): Action {
	const given = isObject(action) ? action : {};
	const verb = Object.keys(given).find((key) => Object.hasOwn(verbs, key));
	const others = Object.keys(given).filter((key) => key !== verb && !companions[verb ?? '']?.includes(key));
	if (verb === undefined || others.length > 0) {
		throw wrong(place, `unknown action ${JSON.stringify(action)}`);
	}
	const read = verbs[verb]?.(given[verb], given) ?? null;
	if (read === null) {
		throw wrong(`${place}.${verb}`, `not what belongs there: ${JSON.stringify(given[verb])}`);
	}
	return read;
}

type Read = (value: unknown, action: Readonly<Record<string, unknown>>) => Action | null;

const verbs: Readonly<Record<string, Read>> = {
	write: (file) => readFile('write', file),
	append: (file) => readFile('append', file),
	delete: (path) => (isText(path) ? { act: 'delete', path } : null),
	run: (command) => (isText(command) ? { act: 'run', command } : null),
	sleep: (time) => readSleep(time),
	say: (text) => (isText(text) ? { act: 'say', text } : null),
	spill: (spill) => readSpill(spill),
	hang: (value) => (value === true ? { act: 'hang' } : null),
	exit: (code) => (isCount(code) ? { act: 'exit', code } : null),
	kill: (signal) => (isSignal(signal) ? { act: 'kill', signal } : null),
	verdict: (verdict, { findings = [], red }) =>
		fence('verdict {{nonce}}', JSON.stringify({ verdict, findings, red })),
	status: (status, { reason = '', red }) => fence('status', JSON.stringify({ status, reason, red })),
	fence: (body) => (isText(body) ? fence('verdict {{nonce}}', body) : null),
};

const companions: Readonly<Record<string, readonly string[]>> = {
	verdict: ['findings', 'red'],
	status: ['reason', 'red'],
};

function readFile(act: 'write' | 'append', file: unknown): Action | null {
	const { path, text } = isObject(file) ? file : {};
	return isText(path) && isText(text) ? { act, path, text } : null;
}

function readSleep(time: unknown): Action | null {
	const [, count, unit] = /^(\d+)(ms|s|m)$/.exec(isText(time) ? time : '') ?? [];
	return count === undefined
		? null
		: { act: 'sleep', ms: Number(count) * ({ s: 1000, m: 60_000 }[unit ?? ''] ?? 1) };
}

function readSpill(spill: unknown): Action | null {
	const { bytes, char = 'x' } = isObject(spill) ? spill : {};
	return isCount(bytes) && isText(char) && char.length === 1 ? { act: 'spill', bytes, char } : null;
}

function fence(info: string, body: string): Action {
	return { act: 'say', text: `\n\`\`\`${info}\n${body}\n\`\`\`` };
}

function fits(scene: Scene, who: Who): boolean {
	return (
		scene.role === who.role &&
		who.task.includes(scene.task ?? '') &&
		who.prompt.includes(scene.prompt ?? '') &&
		(scene.attempt ?? who.attempt) === who.attempt &&
		(scene.session ?? who.session) === who.session
	);
}

function isText(value: unknown): value is string {
	return typeof value === 'string';
}

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSignal(value: unknown): value is NodeJS.Signals {
	return isText(value) && Object.hasOwn(constants.signals, value);
}
