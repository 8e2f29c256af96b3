import { list, withRepository, type Repository } from '../helpers/repository.ts';
import { type AgentName, modelEnvironment, setUp } from './program.ts';
import { scriptedModel, type Call, type Model, type Move } from './scripted-model.ts';

/** Who is to work through what. */
export interface Cast {
	readonly worker: AgentName;
	readonly reviewer: AgentName;
	readonly tasks: readonly string[];
	/** Further lines of the worker's front matter. */
	readonly ofWorker?: readonly string[];
	readonly env?: Readonly<Record<string, string | null>>;
}

/** A repository whose agents are the real programs, each pointed at one scripted model that `play` plays. */
export async function withAgents(
	cast: Cast,
	play: (call: Call) => Move,
	use: (model: Model, repository: Repository) => Promise<void>,
): Promise<void> {
	const model = await scriptedModel(play);
	const { worker, reviewer, tasks, ofWorker = [], env = {} } = cast;
	const files = {
		'prompts/worker.md': prompt(worker, model, env, ofWorker, ['Found wanting so far:', '{{findings}}']),
		'prompts/reviewer.md': prompt(
			reviewer,
			model,
			env,
			[],
			['End with this fence:', '```verdict {{nonce}}', '{"verdict": …}', '```'],
		),
	};
	try {
		await withRepository({ files, todo: list(tasks) }, async (repository) => {
			for (const name of new Set([worker, reviewer])) await setUp(name, repository, model.url);
			await use(model, repository);
		});
	} finally {
		await model.close();
	}
}

function prompt(
	agent: AgentName,
	model: Model,
	env: Readonly<Record<string, string | null>>,
	front: readonly string[],
	body: readonly string[],
): string {
	const all = Object.entries({ ...modelEnvironment(agent, model.url), ...env });
	const lines = all.map(([name, value]) => `  ${name}: ${value === null ? 'null' : `'${value}'`}`);
	return [
		'---',
		`agent: ${agent}`,
		'env:',
		...lines,
		...front,
		'---',
		'The task: {{task}}',
		'',
		...body,
		'',
	].join('\n');
}
