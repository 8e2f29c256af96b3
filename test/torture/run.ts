/** `npm run torture -- --rounds 30 --seed 1 --walls auto`: kills the loop at random moments, again and again. */
import { parseArgs } from 'node:util';
import { killedNight, type Night, randomFrom } from './night.ts';

const mostKillsANight = 10;

const { values } = parseArgs({
	options: {
		rounds: { type: 'string', default: '30' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		walls: { type: 'string', default: 'auto' },
	},
});

const seed = Number(values.seed);
const rounds = Number(values.rounds);
const random = randomFrom(seed);
const nights: Night[] = [];
let kills = 0;
while (kills < rounds) {
	const night = await killedNight({
		walls: values.walls,
		kills: Math.min(mostKillsANight, rounds - kills),
		random,
	});
	nights.push(night);
	kills += night.kills.length;
	for (const violation of night.violations) console.log(`night ${nights.length}: ${violation}`);
	if (night.violations.length > 0) console.log(`  killed after ${night.kills.join('; ')}`);
}
console.log(summary());
process.exitCode = nights.some((night) => night.violations.length > 0) ? 1 : 0;

function summary(): string {
	const violations = nights.flatMap((night) => night.violations).length;
	const times = nights.flatMap((night) => night.startTimes).toSorted((one, other) => one - other);
	const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
	return [
		`seed ${seed}, walls ${values.walls}: ${kills} kills in ${nights.length} nights of five tasks,`,
		`${violations} violations; start to first event: median ${at(0.5)} ms, worst ${at(1)} ms`,
	].join(' ');
}
