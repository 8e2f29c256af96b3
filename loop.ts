import { decide, interruption } from './src/core/decide.ts';
import {
	checked,
	landed,
	marked,
	opened,
	rejected,
	reviewed,
	sealed,
	started,
	worked,
} from './src/core/events.ts';
import { advance, replay } from './src/core/run/run.ts';
import { afterMishap } from './src/core/waits.ts';
import type { Ending, Event, Run, Scene, Step, World } from './src/core/types.ts';

/**
 * The whole story: replay → decide → perform → record, forever. Nothing is remembered that was not recorded, so a restart
 * is the same loop again: it adds the journal up and goes on with the first thing that is missing in it.
 */
export async function loop(world: World): Promise<Ending> {
	let run = replay(await world.history());
	for (;;) {
		// Read afresh every time: a person may have edited any of it since the last step.
		const scene = await world.look();
		const step = decide(run, scene);
		const event = await perform(step, world, run, scene).catch((error) => afterMishap(error, step, run));
		if (event) run = advance(run, await world.record(event));
		if (step.step === 'end') return step.ending;
	}
}

/** One step, one effect, one event, in story order. null: there is nothing to remember, look again. */
async function perform(step: Step, world: World, run: Run, scene: Scene): Promise<Event | null> {
	const interrupt = (now: Scene) => interruption(run, now);
	switch (step.step) {
		case 'start':
			return started(step, scene, await world.start());
		case 'open':
			return opened(step, await world.open(step.order), scene.now);
		case 'work':
			return worked(step.order, await world.session(step.order, interrupt));
		case 'settle':
			return { event: 'settled', session: step.session, ...(await world.settle(step.role)) };
		case 'propose':
			return { event: 'proposed', task: step.attempt.task, proposal: await world.propose(step.attempt) };
		case 'check':
			return checked(step, await world.check(step.candidate, step.plan, interrupt), scene.now);
		case 'review':
			return reviewed(step.order, step.candidate, await world.session(step.order, interrupt));
		case 'reject':
			return rejected(step, await world.keep(step.attempt));
		case 'seal':
			return sealed(step.attempt, await world.seal(step.attempt, step.candidate, step.message));
		case 'land':
			return landed(step, await world.land(step.attempt, step.candidate, step.sealed), scene.now);
		case 'mark':
			return marked(step, await world.mark(step.task, step.as, step.equals));
		case 'clear':
			return {
				event: 'cleared',
				task: step.task,
				why: step.why,
				...(await world.clear(step.task, step.keep)),
			};
		case 'rest':
			await world.rest(step.until);
			return null;
		case 'end':
			return { event: 'ended', ending: step.ending, tree: await world.close(), spent: run.spent };
		case 'record':
			return step.event;
	}
}
