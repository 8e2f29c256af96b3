import type { Adapter } from './adapter.ts';
import { claudeDecoder } from './claude-decoder.ts';

/** Qwen Code, headless (checked with 0.24.4), with the person's settings. Its output is Claude Code's, less the cost. */
export const qwen: Adapter = {
	name: 'qwen',
	install: 'npm install -g @qwen-code/qwen-code',
	speaks: 'lines',
	launch: ({ model, args }) => ({
		file: 'qwen',
		args: [
			'--output-format=stream-json',
			'--chat-recording=false', // nothing to resume: each session starts clean
			'--yolo', // nobody is there to ask; the walls and the room are what protects
			...(model === null ? [] : ['--model', model]),
			...args,
		],
		env: { QWEN_CODE_UNATTENDED_RETRY: null }, // else it waits for a provider for hours; that is the loop's to do
	}),
	decoder: claudeDecoder,
};
