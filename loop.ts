import { decide, interruption } from './src/core/decide.ts';
import { advance, replay } from './src/core/run.ts';
import type { Ending, Event, Run, Scene, Step, World } from './src/core/types.ts';
import { readVerdict } from './src/core/verdict.ts';
import { readStatus } from './src/core/worker-status.ts';

/**
 * The whole story: replay → decide → perform → record, forever. Nothing is remembered that was not recorded, so a restart
 * is the same loop again: it adds the journal up and goes on with the first thing that is missing in it.
 */
export async function loop(world: World): Promise<Ending> {
	let run = replay(await world.history());
	for (;;) {
		// Read afresh every time: a person may have edited any of it since the last step.
		const scene = await world.look();
		const event = await perform(decide(run, scene), world, run, scene);
		if (event) run = advance(run, await world.record(event));
		if (event?.event === 'ended') return event.ending;
	}
}

/** One step, one effect, one event. null: there is nothing to remember, look again. */
async function perform(step: Step, world: World, run: Run, scene: Scene): Promise<Event | null> {
	const interrupt = (now: Scene) => interruption(run, now);
	switch (step.step) {
		case 'start':
			return { event: 'started', process: scene.process, version: scene.version, mode: step.mode, ...(await world.start()) };
		case 'open': {
			const { session, role, task, text, attempt, prompt } = step.order;
			const opened = await world.open(step.order);
			if ('elsewhere' in opened) return repositoryBusy(opened.elsewhere, scene);
			const { line } = step.task;
			const who = { session, role, agent: prompt.agent, prompt: prompt.name };
			return { event: 'opened', task, text, line, listed: step.listed, attempt, ...who, ...opened };
		}
		case 'work': {
			const { session, task } = step.order;
			const { text, end, usage, agentSession, model, ms } = await world.session(step.order, interrupt);
			return { event: 'worked', session, task, end, status: readStatus(text), usage, agentSession, model, ms };
		}
		case 'review': {
			const { session, task, prompt } = step.order;
			const { commit, tree } = step.candidate;
			const { text, nonce, roomChanges, ...report } = await world.session(step.order, interrupt);
			const verdict = readVerdict({ text, nonce, roomChanges, end: report.end, reviewer: prompt.name });
			return { event: 'reviewed', session, task, reviewer: prompt.name, candidate: commit, tree, nonce, verdict, ...report };
		}
		case 'settle':
			return { event: 'settled', session: step.session, ...(await world.settle(step.session, step.role, step.attempt)) };
		case 'propose':
			return { event: 'proposed', task: step.attempt.task, proposal: await world.propose(step.attempt) };
		case 'check': {
			const results = await world.check(step.candidate, step.settings, interrupt);
			if ('stopped' in results) return null;
			return { event: 'checked', task: step.attempt.task, tree: step.candidate.tree, results };
		}
		case 'reject': {
			const { task, text, number } = step.attempt;
			const ref = await world.keep(step.attempt);
			return { event: 'rejected', task, text, attempt: number, findings: step.findings, blocked: step.blocked, ref };
		}
		case 'seal': {
			const { task } = step.attempt;
			const seal = await world.seal(step.attempt, step.candidate, step.message);
			return seal.kind === 'sealed' ? { event: 'sealed', task, sealed: seal.sealed } : { event: 'unlanded', task, why: seal.why };
		}
		case 'land': {
			const { task, text, number, work, reviews } = step.attempt;
			const landing = await world.land(step.candidate, step.sealed);
			if (landing.kind === 'busy') return repositoryBusy(landing.why, scene);
			if (landing.kind === 'stale') return { event: 'unlanded', task, why: landing.why };
			const sessions = { worker: work!.session, reviewers: reviews.map((review) => review.session) };
			const { tree } = step.candidate;
			return { event: 'landed', task, text, attempt: number, commit: step.sealed.commit, tree, equals: step.equals, ...sessions };
		}
		case 'mark': {
			const marked = await world.mark(step.task, step.as);
			return 'notNow' in marked ? null : { event: 'marked', task: step.task, as: step.as, ...marked };
		}
		case 'clear':
			return { event: 'cleared', task: step.task, why: step.why, ...(await world.clear(step.task, step.keep)) };
		case 'park':
			return { event: 'parked', task: step.task, text: step.text, why: step.why, ref: step.ref, inARow: step.inARow };
		case 'abandon':
			return { event: 'abandoned', task: step.task, text: step.text, why: step.why, heir: step.heir };
		case 'wait':
			return { event: 'waiting', for: step.for, until: step.until };
		case 'rest':
			await world.rest(step.until);
			return null;
		case 'resume':
			return { event: 'resumed' };
		case 'end':
			return { event: 'ended', ending: step.ending, tree: await world.close() };
	}
}

/** Somebody else holds the repository: wait a moment, say so, look again. */
function repositoryBusy(why: string, scene: Scene): Event {
	return { event: 'waiting', for: { kind: 'repository', why }, until: scene.now + 2000 };
}
