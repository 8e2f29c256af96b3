import { duration } from '../format.ts';
import { setupFor } from './setup.ts';
import type {
	Attempt,
	Candidate,
	CheckPlan,
	CheckResult,
	Finding,
	Run,
	Scene,
	Settings,
	Step,
} from '../types.ts';

/**
 * What the checks still want of a candidate: to be run, base to be looked at, to be run once more, or its rejection. null
 * when they let it pass on to the reviewers.
 *
 * A red check gates only where base is green: what was broken before is a fact for the reviewers, until it is green once
 * on what landed. Nor does a red gate that the worker declared as asked for by its task; then every approval must say so.
 */
export function checkNext(
	run: Run,
	attempt: Attempt,
	candidate: Candidate,
	{ settings }: Scene,
): Step | null {
	const { checks } = settings;
	const plan = (on: CheckPlan['on'], upTo: (command: string) => boolean): Step => ({
		step: 'check',
		attempt,
		candidate,
		plan: {
			on,
			setup: setupFor(settings.setup, candidate.changes),
			// Those before it too: a check may need what an earlier one built.
			known: on === 'candidate' ? attempt.known : [],
			commands: checks.slice(0, checks.findLastIndex(upTo) + 1).map((each) => limited(run, each)),
		},
	});
	const missing = (command: string) => !find(attempt.checks, command);
	if (checks.some(missing)) return plan('candidate', missing);
	const red = redOf(attempt, settings);
	if (red.length === 0) return null;
	const unknown = (command: string) => isRedIn(red, command) && !find(ofBase(run, attempt), command);
	if (checks.some(unknown)) return plan('base', unknown);
	const guilty = red.filter(({ command }) => !isRedIn(ofBase(run, attempt), command));
	if (guilty.length === 0 || declaredRed(attempt) !== null) return null;
	const once = (command: string) => guilty.some((each) => each.command === command && isRetried(each));
	if (checks.some(once)) return plan('candidate again', once);
	// A setup may fail of the network: alone it is a fact for the reviewers, with red checks perhaps their reason.
	const setup = setupOf(attempt, settings).filter(isRed);
	return { step: 'reject', attempt, findings: [...guilty, ...setup].map(redFinding), blocked: null };
}

/**
 * The red checks of which each approval must say that they are expected: base is green, and the worker says that the task
 * wants them so; or base is red as well, but with what the worker has installed.
 */
export function redToExpect(run: Run, attempt: Attempt, settings: Settings): readonly CheckResult[] {
	const known = resultsOf(run, attempt.base);
	return redOf(attempt, settings).filter(({ command }) => !isRedIn(known, command));
}

/** The checks' results as a reviewer reads them, with what it has to know to judge a red one. */
export function resultWords(run: Run, attempt: Attempt, settings: Settings): string {
	const expected = redToExpect(run, attempt, settings);
	const lines = [...setupOf(attempt, settings), ...ofSettings(attempt, settings)].map((check) => {
		const base = find(ofBase(run, attempt), check.command);
		return [
			`- \`${check.command}\`: ${outcome(check)}, ${duration(check.ms)}`,
			...(isRed(check) ? redWords(check, base) : slowWords(check)),
		].join('\n');
	});
	const told = declaredRed(attempt) === null ? UNSURE : EXPECT;
	return [...lines, ...(expected.length > 0 ? [told] : [])].join('\n');
}

/** The checks as the next worker is told of them: what will be run on what it leaves. */
export function checksToCome(run: Run, base: string | null, { checks }: Settings): string {
	const before = base === null ? [] : resultsOf(run, base);
	return checks
		.map((command) => {
			const ms = run.greenMs.get(command) ?? 0;
			const notes = [
				...(isRedIn(before, command) ? ['red before you came: it does not count against you'] : []),
				...(ms > LONG
					? [`takes ${duration(ms)}: run the tests that your change concerns, the loop runs all of it`]
					: []),
			];
			return notes.length === 0 ? command : `${command}   (${notes.join('; ')})`;
		})
		.join('\n');
}

/** Longer than a session should wait for, in ms. */
const LONG = 3 * 60_000;
/** At least half an hour, in ms: a slow test suite is not a broken one. */
const LEAST_LIMIT = 30 * 60_000;
const TAIL_OF_BASE = 1500;

const EXPECT =
	'The author’s session says that the task wants red checks for now. Where the task’s text asks for tests that fail until a later ' +
	'task, and these fail for that reason alone, an approval must hold `"red": "expected"` beside its verdict. Otherwise reject.';

const UNSURE =
	'What is red at base was found so with what the author’s session has installed or built (ignored files), and may be red for that ' +
	'reason alone. If the change is not at fault, an approval must hold `"red": "expected"` beside its verdict. Otherwise reject.';

function limited(run: Run, command: string): CheckPlan['commands'][number] {
	return { command, limit: Math.max(LEAST_LIMIT, 3 * (run.greenMs.get(command) ?? 0)) };
}

function declaredRed({ work }: Attempt): string | null {
	return work?.status?.red ?? null;
}

/** What is not asked for any more does not count. */
function ofSettings({ checks }: Attempt, { checks: wanted }: Settings): CheckResult[] {
	return (checks ?? []).filter(({ command }) => wanted.includes(command));
}

function setupOf({ checks }: Attempt, { setup }: Settings): CheckResult[] {
	return (checks ?? []).filter(({ command }) => command === setup);
}

function redOf(attempt: Attempt, settings: Settings): CheckResult[] {
	return ofSettings(attempt, settings).filter(isRed);
}

function ofBase(run: Run, { base, unsure }: Attempt): readonly CheckResult[] {
	return [...unsure, ...resultsOf(run, base)];
}

function resultsOf(run: Run, of: string): readonly CheckResult[] {
	return run.checked.find((known) => known.of === of)?.results ?? [];
}

function find(results: readonly CheckResult[] | null, command: string): CheckResult | undefined {
	return results?.find((result) => result.command === command);
}

function isRed({ result }: CheckResult): boolean {
	return result === 'red' || result === 'overtime';
}

function isRedIn(results: readonly CheckResult[], command: string): boolean {
	return results.some((result) => result.command === command && isRed(result));
}

/** What did not end in time would take as long again. */
function isRetried({ result, runs }: CheckResult): boolean {
	return result === 'red' && runs < 2;
}

function redFinding(check: CheckResult): Finding {
	const { command, result, exitCode, tail, runs } = check;
	const how = result === 'overtime' ? 'did not end in time' : `failed (exit ${exitCode})`;
	const twice = runs > 1 ? ', twice' : '';
	return { what: `\`${command}\` ${how}${twice}`, evidence: tail, blocking: true, by: command };
}

function outcome({ result, exitCode }: CheckResult): string {
	if (result === 'red') return exitCode === null ? 'red' : `red (exit ${exitCode})`;
	if (result === 'overtime') return 'did not end in time';
	return result === 'flaky' ? 'green, but only when it was run once more (flaky)' : 'green';
}

function redWords({ tail }: CheckResult, base: CheckResult | undefined): string[] {
	const before =
		base && isRed(base)
			? [
					'  Red at base as well. Is anything worse than it was? How it ended there:',
					indented(base.tail.slice(-TAIL_OF_BASE)),
				]
			: [];
	return ['  How it ended:', indented(tail), ...before];
}

function slowWords({ ms, tail }: CheckResult): string[] {
	if (ms <= LONG) return [];
	return [
		'  It takes long: read this result, run only the part that you doubt. How it ended:',
		indented(tail.slice(-TAIL_OF_BASE)),
	];
}

function indented(text: string): string {
	return text.replaceAll(/^/gm, '    ');
}
