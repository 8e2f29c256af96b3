import type { Adapter } from './adapter.ts';
import { claudeDecoder } from './claude-decoder.ts';

/**
 * Claude Code, headless (checked with 2.1.330). Settings, CLAUDE.md and MCP servers are read as in any session of the
 * person's: the credentials helper, the project's instructions and its tools are all there. What a session could take
 * over from an earlier one is left out.
 */
export const claude: Adapter = {
	name: 'claude',
	install: 'npm install -g @anthropic-ai/claude-code',
	speaks: 'lines',
	launch: ({ role, model, args, usd }) => ({
		file: 'claude',
		args: [
			'-p',
			'--output-format=stream-json',
			'--verbose', // stream-json is refused without it
			'--no-session-persistence', // nothing to resume: each session starts clean
			'--dangerously-skip-permissions', // nobody is there to ask; the walls and the room are what protects
			...(role === 'reviewer' ? ['--strict-mcp-config'] : []), // a memory server could carry the author's words
			...(model === null ? [] : ['--model', model]),
			...(usd == null ? [] : ['--max-budget-usd', Math.max(0.01, usd).toFixed(2)]), // looked at after each call to the model
			...args,
		],
		env: {
			CLAUDE_CODE_MAX_RETRIES: '2', // about 4 s; by itself it goes on for 3 to 66 minutes
			CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1', // the memory that sessions share is memory/, which is judged
			CLAUDE_CODE_DISABLE_CRON: '1', // a headless session is never woken again
			DISABLE_AUTOUPDATER: '1', // the same program the whole night
		},
	}),
	decoder: claudeDecoder,
};
