/** `npm run starters -- --rounds 200 --starters 20`: many starts of one work tree at once, while its holder is killed. */
import { parseArgs } from 'node:util';
import { randomFrom } from './random.ts';
import { type Loser, startMany } from './rounds.ts';

const { values } = parseArgs({
	options: {
		rounds: { type: 'string', default: '10' },
		starters: { type: 'string', default: '20' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		walls: { type: 'string', default: 'auto' },
	},
});

const NAMES = {
	spawned: 'from the spawn to the end',
	ran: 'from their first line of code',
	processor: 'of a processor',
} as const;

const result = await startMany({
	rounds: Number(values.rounds),
	starters: Number(values.starters),
	walls: values.walls,
	random: randomFrom(Number(values.seed)),
});
for (const violation of result.violations) console.log(violation);
console.log(
	`seed ${values.seed}: ${values.rounds} rounds of ${values.starters} starts at once, in ${result.ways} ways:`,
	`${result.violations.length} violations, ${result.unclaimed} rounds in which the one that was killed outlived all others' asking`,
);
tell('turned away among them', result.losers);
tell('turned away alone', result.alone);
process.exitCode = result.violations.length > 0 ? 1 : 0;

function tell(who: string, losers: readonly Loser[]): void {
	const each = (['spawned', 'ran', 'processor'] as const).map((of) => {
		const times = losers.map((loser) => loser[of]).toSorted((one, other) => one - other);
		const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? NaN);
		return `${NAMES[of]}: median ${at(0.5)} ms, 99 of 100 ${at(0.99)} ms, worst ${at(1)} ms`;
	});
	console.log(`${losers.length} ${who}; ${each.join('; ')}`);
}
