/** `npm run torture -- --rounds 1000 --seed 1 --walls auto --at-once 2`: nights of kills; SIGTERM sums up and ends. */
import { parseArgs } from 'node:util';
import { killedNight, newNight, type Night } from './night.ts';

const { values } = parseArgs({
	options: {
		rounds: { type: 'string', default: '40' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		walls: { type: 'string', default: 'auto' },
		tasks: { type: 'string', default: '30' },
		'at-once': { type: 'string', default: '1' },
	},
});

const mostKillsANight = 40;
/** Every so many nights a task runs into a limit. */
const limitedEvery = 8;

const seed = Number(values.seed);
const rounds = Number(values.rounds);
const nights: Night[] = [];
let begun = 0;
/** Kills done, or promised to a night that goes on. */
let promised = 0;

process.on('SIGTERM', () => {
	console.log(`cut short: ${summary()}`);
	process.exit(143);
});
await Promise.all(Array.from({ length: Number(values['at-once']) }, oneAfterTheOther));
console.log(summary());
process.exitCode = nights.some((night) => night.violations.length > 0) ? 1 : 0;

async function oneAfterTheOther(): Promise<void> {
	while (promised < rounds) {
		const kills = Math.min(mostKillsANight, rounds - promised);
		promised += kills;
		const number = begun++;
		const startedAt = Date.now();
		const night = newNight();
		nights.push(night);
		const isLimited = number % limitedEvery === limitedEvery - 1;
		const order = { walls: values.walls, tasks: Number(values.tasks), kills, seed: seed + number, isLimited };
		await killedNight(order, night);
		promised += night.kills.length - kills;
		console.log(line(night, seed + number, Date.now() - startedAt));
		for (const violation of night.violations) console.log(`  ${violation}`);
		if (night.violations.length > 0) console.log(`  killed: ${night.kills.join('; ')}`);
	}
}

function line(night: Night, ofSeed: number, ms: number): string {
	return [
		`seed ${ofSeed}: ${night.kills.length} kills, ${night.landed} landed, ${night.saves} saves,`,
		`${night.commits} commits of the person, ${night.pairs} starts in pairs, ${Math.round(night.memory)} MB,`,
		`${Math.round(ms / 1000)} s: ${night.violations.length} violations`,
	].join(' ');
}

function summary(): string {
	const sum = (of: (night: Night) => number) => nights.reduce((total, night) => total + of(night), 0);
	const times = nights.flatMap((night) => night.startTimes).toSorted((one, other) => one - other);
	const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
	const withGits = (night: Night) => night.kills.filter((kill) => kill.includes('gits')).length;
	return [
		`seed ${seed}, walls ${values.walls}: ${sum(({ kills }) => kills.length)} kills, ${sum(withGits)} of them with`,
		`the gits, in ${nights.length} nights of ${values.tasks} tasks, with ${sum(({ saves }) => saves)} saves and`,
		`${sum(({ commits }) => commits)} commits of the person and ${sum(({ pairs }) => pairs)} starts in pairs:`,
		`${sum(({ landed }) => landed)} landed, ${sum((night) => night.violations.length)} violations; start to first`,
		`event: median ${at(0.5)} ms, worst ${at(1)} ms; memory at most ${Math.round(Math.max(...nights.map(({ memory }) => memory)))} MB`,
	].join(' ');
}
