import { endWords } from '../core/ends.ts';
import { exitCode } from '../core/exit-code.ts';
import { judgeOrder } from '../core/plan/orders.ts';
import { notJudged, readJudged } from '../core/plan/judged.ts';
import type { Judged } from '../core/plan/judged.ts';
import { plainLine } from '../core/plain.ts';
import { openTasks, parseTodo } from '../core/todo/todo.ts';
import type { Task } from '../core/types.ts';
import type { Beside } from '../io/beside.ts';
import { orderLine, withWords } from './plan-desk.ts';
import type { List } from './plan-desk.ts';

/** Judges each open task as it is written, and writes nothing. Resolves to 0 when all are `ok`, else to 3. */
export async function checkList(beside: Beside, list: List, look: 'plain' | 'json'): Promise<number> {
	const { optional } = beside.rules.settings;
	const parsed = parseTodo(list.bytes, { optional });
	const tasks = parsed.kind === 'list' ? openTasks(parsed.todo, optional) : [];
	const judged: Judged[] = [];
	for (let at = 0; at < tasks.length; at += BATCH) {
		const some = await judgeSome(beside, list, tasks.slice(at, at + BATCH), look);
		if (some === null) break;
		judged.push(...some);
	}
	const all = tasks.map((task) => ({
		task,
		...(judged.find(({ line }) => line === task.line) ?? notJudged(task.line)),
	}));
	if (look === 'json') console.log(JSON.stringify({ tasks: all.map(asData) }));
	else for (const line of all.flatMap(asLines)) console.log(line);
	const stop = beside.stop();
	if (stop.kind !== 'none') return exitCode({ kind: 'signal', signal: stop.signal });
	return all.every(({ verdict }) => verdict === 'ok') ? 0 : 3;
}

/** How many tasks one session is asked about. */
const BATCH = 60;

/** null: no session could be had. One whose answer cannot be read is asked once more, as a fresh one. */
async function judgeSome(
	beside: Beside,
	{ name, text }: List,
	tasks: readonly Task[],
	look: 'plain' | 'json',
): Promise<Judged[] | null> {
	const prompt = withWords(beside.rules.planner, 'check');
	const lines = tasks.map(({ line }) => line);
	for (let asked = 0; asked < MOST_ASKED; asked++) {
		const order = judgeOrder(beside.run(), prompt, name, text, tasks);
		if (look === 'plain') console.log(orderLine(order));
		const { end, read } = await beside.session(order, (report) => {
			const read = readJudged(report.text, lines);
			return { end: report.end, read, told: toldOf(read) };
		});
		if (end.kind !== 'completed') {
			console.error(`nightloop: the session ${endWords(end)}`);
			return null;
		}
		if (read) return read.judged;
	}
	return lines.map(notJudged);
}

const MOST_ASKED = 2;

function toldOf(read: ReturnType<typeof readJudged>): string {
	if (read === null) return 'no judgement that can be read';
	const refused = read.refused === 0 ? '' : `, ${read.refused} of what nobody asked about`;
	return `${read.judged.filter(({ verdict }) => verdict !== 'not judged').length} judged${refused}`;
}

type Row = Judged & { readonly task: Task };

function asData({ task, line, verdict, why, wording }: Row): object {
	return { line, text: task.text, verdict, why, wording };
}

function asLines({ task, line, verdict, why, wording }: Row): string[] {
	const below = (text: string) =>
		text.split('\n').flatMap((each) => {
			const indent = /^[ \t]*/.exec(each)![0];
			const words = plainLine(each, 1000);
			return words === '' ? [] : [`${INDENT}${indent}${words}`];
		});
	return [
		`${String(line).padStart(5)}  ${verdict.padEnd(10)} ${plainLine(task.text)}`,
		...below(why),
		...(verdict === 'ok' ? [] : below(wording)),
	];
}

const INDENT = ' '.repeat(18);
