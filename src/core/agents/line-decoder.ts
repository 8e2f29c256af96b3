import type { SessionEnd, Time, Usage } from '../types.ts';
import type { Decoder, Exit, Sign } from './adapter.ts';
import { failed, type Failure, failureEnd, successEnd } from './failure.ts';
import { type Fields, lineFields } from './fields.ts';
import { lastLine } from './last-line.ts';
import { toolNow } from './tool-call.ts';

/** What a line of an agent's output says, in the words that all agents share. */
export type Word =
	| { readonly word: 'session' | 'model'; readonly name: string | null }
	/** A message of its own: the last one is what the session came to. */
	| { readonly word: 'says'; readonly text: string }
	/** A message goes on; it is a new one where something else came in between. */
	| { readonly word: 'goes-on'; readonly text: string }
	/** `words`: of the call, as `toolWords` has them. */
	| { readonly word: 'opens'; readonly tool: string; readonly words: string }
	| { readonly word: 'closes'; readonly tool: string }
	/** Since the last such word. */
	| { readonly word: 'used'; readonly usage: Usage }
	| { readonly word: 'lives' }
	/** A tool call that is told of when it is over. */
	| { readonly word: 'called'; readonly words: string }
	/** Alive, and no further than before. */
	| { readonly word: 'retries' }
	/** What went wrong: it stands unless the agent goes on. */
	| { readonly word: 'errs'; readonly failure: Failure }
	/** Its own word for success. */
	| { readonly word: 'done' }
	/** No more is to be expected of it, whatever it prints. null: what went wrong was told before, if anything was. */
	| { readonly word: 'over'; readonly failure: Failure | null };

/** How one kind of agent is read. */
export interface Reader {
	/** The words of one line. */
	read(line: Fields): readonly Word[];
	/** What went wrong, as the exit tells it where the output did not, or not all of it. */
	explain?(wrong: Failure | null, exit: Exit, stderr: string): Failure | null;
}

/** Reads the output of one session in JSON lines. Success is believed where the last word says it, and the exit agrees. */
export function lineDecoder(reader: Reader): Decoder {
	const state = beginning();
	return {
		line: (text) => {
			const line = lineFields(text);
			return line ? strongest(reader.read(line).map((word) => take(state, word))) : 'nothing';
		},
		used: () => state.usage,
		tool: () => toolNow(state.open, state.called),
		said: () => ({ number: state.said, text: state.text }),
		finish: (exit, _tail, stderr, now) => ({
			end: endOf(state, reader, exit, stderr, now),
			text: state.text,
			usage: state.usage,
			pays: null,
			agentSession: state.session,
			model: state.model,
		}),
	};
}

interface State {
	session: string | null;
	model: string | null;
	text: string;
	/** How many messages there were. */
	said: number;
	/** Whether the next piece of a message belongs to the one before. */
	speaking: boolean;
	usage: Usage;
	/** The tool calls that wait for their result: their words, by id. */
	readonly open: Map<string, string>;
	/** The words of the last one. */
	called: string;
	wrong: Failure | null;
	last: 'done' | 'over' | null;
}

function beginning(): State {
	return {
		session: null,
		model: null,
		text: '',
		said: 0,
		speaking: false,
		usage: { usd: 0, tokens: 0 },
		open: new Map(),
		called: '',
		wrong: null,
		last: null,
	};
}

function take(state: State, word: Word): Sign {
	if (state.last === 'over') return 'nothing';
	switch (word.word) {
		case 'session':
		case 'model':
			state[word.word] = word.name ?? state[word.word];
			return 'nothing';
		case 'used':
			state.usage = {
				usd: state.usage.usd + word.usage.usd,
				tokens: state.usage.tokens + word.usage.tokens,
			};
			return 'nothing';
		case 'retries':
			return 'retrying';
		case 'errs':
			state.wrong = word.failure;
			return 'nothing';
		case 'done':
		case 'over':
			return conclude(state, word);
		case 'says':
		case 'goes-on':
		case 'opens':
		case 'closes':
		case 'lives':
		case 'called':
			return goOn(state, word);
	}
}

function conclude(state: State, word: Extract<Word, { word: 'done' | 'over' }>): Sign {
	state.last = word.word;
	if (word.word === 'over') state.wrong = word.failure ?? state.wrong;
	return 'result';
}

type Life = Extract<Word, { word: 'says' | 'goes-on' | 'opens' | 'closes' | 'lives' | 'called' }>;

/** What is still at work has neither ended nor failed. */
function goOn(state: State, word: Life): Sign {
	state.wrong = null;
	state.last = null;
	const before = state.open.size;
	if (word.word === 'opens') state.open.set(word.tool, word.words);
	if (word.word === 'closes') state.open.delete(word.tool);
	if (word.word === 'opens' || word.word === 'called') state.called = word.words || state.called;
	if (word.word === 'says' || word.word === 'goes-on') speak(state, word);
	state.speaking = word.word === 'goes-on';
	if (before === 0 && state.open.size > 0) return 'tool-open';
	return before > 0 && state.open.size === 0 ? 'tool-closed' : 'progress';
}

function speak(state: State, { word, text }: Extract<Word, { text: string }>): void {
	const isMore = word === 'goes-on' && state.speaking;
	state.text = isMore ? state.text + text : text;
	state.said += isMore ? 0 : 1;
}

const strength: readonly Sign[] = ['nothing', 'retrying', 'progress', 'tool-closed', 'tool-open', 'result'];

function strongest(signs: readonly Sign[]): Sign {
	return signs.reduce(
		(best, sign) => (strength.indexOf(sign) > strength.indexOf(best) ? sign : best),
		'nothing',
	);
}

function endOf({ last, wrong }: State, reader: Reader, exit: Exit, stderr: string, now: Time): SessionEnd {
	if (last === 'done' && !wrong) return successEnd(exit, stderr);
	const told = reader.explain ? reader.explain(wrong, exit, stderr) : wrong;
	return told
		? failureEnd(told, exit, now)
		: failed(exit, lastLine(stderr) || 'it ended without a last word');
}
