import { scripted } from '../helpers/scripted.ts';
import type { Plan } from '../helpers/repository.ts';

/** What a task has behind its name, and what the agents make of it. Only a limit takes long: a minute and a half. */
export const ODD = {
	red: ', red at first',
	rejected: ', rejected at first',
	already: ', done already',
	never: ', never good',
	blocked: ', blocked',
	limited: ', limited at first',
} as const;

/** Those that no worker brings to an end: they are parked. */
export function isHopeless(task: string): boolean {
	return task.endsWith(ODD.never) || task.endsWith(ODD.blocked);
}

/** A list of so many tasks with every kind of trouble in it, and the agents and the check that make the trouble. */
export function mixedPlan(walls: string, tasks: readonly string[]): Plan {
	const settings = [`walls: ${walls}`, "checks: ['! grep -rqsx red done']"];
	return scripted({ worker: WORKER, reviewer: REVIEWER }, { tasks, settings });
}

/** At random places, the hopeless ones apart. `isLimited`: one of them runs into a limit. */
export function mixedTasks(count: number, random: () => number, isLimited: boolean): string[] {
	const common =
		count < 20 ? [ODD.red, ODD.rejected] : [ODD.red, ODD.red, ODD.rejected, ODD.rejected, ODD.already];
	const odd = [ODD.never, ...common, ODD.blocked, ...(isLimited ? [ODD.limited] : [])].slice(0, count);
	const stretch = count / odd.length;
	const places = odd.map((_, index) => Math.floor((index + random()) * stretch));
	return Array.from({ length: count }, (_, index) => {
		const at = places.indexOf(index);
		return `thing ${String(index + 1).padStart(2, '0')}${at === -1 ? '' : odd[at]}`;
	});
}

const WORKER = `
honestly() { printf '\\n\`\`\`status\\n{"status":"%s","reason":"that is how it is"}\\n\`\`\`\\n' "$1"; }
case $NIGHTLOOP_TASK in
*'${ODD.already}') honestly already-done; exit ;;
*'${ODD.limited}')
	if [ ! -e "$SCRATCH/log/limited" ]; then
		: >"$SCRATCH/log/limited"
		echo "usage limit reached|$(date +%s)" >&2
		exit 1
	fi ;;
esac
mkdir -p done
printf '%.5s' "$NIGHTLOOP_TASK" >"$file"
sleep 0.05
do_the_task
case $NIGHTLOOP_TASK-$NIGHTLOOP_ATTEMPT in
*'${ODD.red}-1') echo red >>"$file" ;;
*'${ODD.blocked}'-*) honestly blocked ;;
esac`;

const REVIEWER = `
sleep 0.03
case $NIGHTLOOP_TASK-$NIGHTLOOP_ATTEMPT in
*'${ODD.never}'-* | *'${ODD.rejected}-1') reject ;;
*) approve ;;
esac`;
