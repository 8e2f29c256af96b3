import type { Payer, Usage } from '../types.ts';
import type { Decoder, Sign } from './adapter.ts';
import { type ClaudeStory, claudeEnd } from './claude-end.ts';
import { claudeLine, type ClaudeLine, type ClaudeMessage, type ClaudeResult } from './claude-line.ts';
import { toolNow } from './tool-call.ts';

/** Reads the output of one session of Claude Code, line by line. */
export function claudeDecoder(): Decoder {
	const state = beginning();
	return {
		line: (text) => {
			const read = claudeLine(text);
			if (!read) return 'nothing';
			state.session = read.session ?? state.session;
			return take(state, read.line);
		},
		used: () => usedBy(state),
		tool: () => toolNow(state.open, state.called),
		said: () => ({ number: state.said, text: state.result?.text ?? state.text }),
		finish: (exit, _tail, stderr, now) => {
			const end = claudeEnd(state, exit, stderr, now);
			return {
				end,
				text: end.kind === 'completed' && state.result ? state.result.text : state.text,
				usage: usedBy(state),
				pays: state.pays ?? (state.hasPlan ? 'subscription' : null),
				agentSession: state.session,
				model: state.model,
			};
		},
	};
}

/** The price is told at the end alone. */
function usedBy({ usage, tokens }: State): Usage {
	return usage ?? { usd: 0, tokens: [...tokens.values()].reduce((all, one) => all + one, 0) };
}

interface State {
	session: string | null;
	model: string | null;
	pays: Payer | null;
	/** Told of the limits of a plan, which only its account is. */
	hasPlan: boolean;
	/** What it last said itself. */
	text: string;
	/** How often it said something; its account of a turn is one such. */
	said: number;
	error: string | null;
	resetsAt: number | null;
	retrying: ClaudeStory['retrying'];
	/** Work of its own beside the conversation: when that ends, another turn begins. */
	background: number;
	/** The tool calls that wait for their result: their words, by id. */
	readonly open: Map<string, string>;
	/** The words of the last one. */
	called: string;
	/** By id of the message: what a session that gave no account of itself has used. */
	readonly tokens: Map<string, number>;
	/** By its own account. */
	usage: Usage | null;
	result: ClaudeResult | null;
}

function beginning(): State {
	return {
		session: null,
		model: null,
		pays: null,
		hasPlan: false,
		text: '',
		said: 0,
		error: null,
		resetsAt: null,
		retrying: null,
		background: 0,
		open: new Map(),
		called: '',
		tokens: new Map(),
		usage: null,
		result: null,
	};
}

function take(state: State, line: ClaudeLine): Sign {
	switch (line.kind) {
		case 'began':
			state.model = line.model;
			state.pays = line.pays;
			return 'progress';
		case 'said':
			return hear(state, line);
		case 'answered': {
			const closed = line.closed.filter((id) => state.open.delete(id));
			return closed.length > 0 && state.open.size === 0 ? 'tool-closed' : 'progress';
		}
		case 'plan':
			state.hasPlan = true;
			if (line.reached) state.resetsAt = line.resetsAt;
			return 'nothing';
		case 'background':
			state.background = line.tasks;
			return 'nothing';
		case 'retrying':
			state.retrying = line;
			return 'retrying';
		case 'result':
			state.result = line;
			state.said++;
			state.usage = line.usage;
			return state.background > 0 ? 'result-pending' : 'result';
		case 'other':
			return line.sign;
	}
}

function hear(state: State, line: ClaudeMessage): Sign {
	const idle = state.open.size === 0;
	state.retrying = null;
	state.tokens.set(line.id, line.tokens);
	for (const { id, words } of line.opened) {
		state.open.set(id, words);
		state.called = words || state.called;
	}
	if (line.by === 'itself') {
		state.error = line.error;
		state.resetsAt = line.resetsAt ?? state.resetsAt;
		if (line.error === null && line.text !== '') {
			state.text = line.text;
			state.said++;
		}
		// A turn that begins after a result must come to one of its own.
		state.result = null;
	}
	return idle && state.open.size > 0 ? 'tool-open' : 'progress';
}
