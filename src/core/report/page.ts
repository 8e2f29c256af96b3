import { duration, money, tokens } from '../format.ts';
import { card, landed, odd } from './cards.ts';
import { timeline } from './charts.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Report } from './report.ts';
import type { Setting } from './setting.ts';
import { STYLE } from './style.ts';
import { cost, gate } from './tables.ts';

/** The report as one page that asks for nothing else: no script, no font, no picture, no address but the logs beside it. */
export function page(report: Report, setting: Setting): string {
	const { html: title } = html`<title>${report.name} · nightloop report</title>`;
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline'"><meta name="referrer" content="no-referrer">
${title}<style>${STYLE}</style></head><body>
${body(report, setting).html}
</body></html>
`;
}

function body(report: Report, setting: Setting): Html {
	const { needsYou: parked, inWork, lookTwice, landed: all, tried } = report;
	const one = (task: Report['tried'][number]) => card(task, '', setting);
	const parts = [
		section('needs-you', 'Needs you', parked.length, needsYou(report, setting)),
		section('in-work', 'In work', null, inWork && one(inWork)),
		section('look-twice', 'Look twice', lookTwice.length, some(lookTwice.map(odd))),
		section('landed', 'Landed', all.length, some(all.map((each) => landed(each, setting)))),
		section('tried', 'Tried, still open', tried.length, some(tried.map(one))),
		section('time', 'Where the time went', null, timeline(report.spans, setting.clock)),
		section('cost', 'Cost', null, cost(report, setting)),
		section('gate', 'The gate', null, gate(report)),
	].filter((part) => part !== null);
	const links = parts.map(({ id, title, count }) => {
		const number = count === null ? '' : ` (${count})`;
		return html`<li><a href="#${id}">${title}${number}</a></li>`;
	});
	return html`<a class="skip" href="#main">Skip to the report</a>
		<header>
			${head(report, setting)}
			<nav aria-label="Parts of the report">
				<ul>
					${links}
				</ul>
			</nav>
		</header>
		<main id="main" class="${all.length > MANY ? 'long' : ''}">${parts.map(({ whole }) => whole)}</main>
		<footer>
			<p class="soft">
				Made by nightloop, ${setting.day(report.now)} ${setting.clock(report.now)}. What agents wrote is shown
				as text.
			</p>
		</footer>`;
}

/** From so many landings on, those that are out of sight are not laid out. */
const MANY = 100;

function some(pieces: readonly Html[]): Html | null {
	return pieces.length === 0 ? null : html`${pieces}`;
}

interface Section {
	readonly id: string;
	readonly title: string;
	readonly count: number | null;
	readonly whole: Html;
}

function section(id: string, title: string, count: number | null, content: Html | null): Section | null {
	if (content === null) return null;
	const number = count === null ? null : html` <span class="count">${count}</span>`;
	const whole = html`<section aria-labelledby="${id}">
		<h2 id="${id}">${title}${number}</h2>
		${content}
	</section>`;
	return { id, title, count, whole };
}

function head(report: Report, { clock, day }: Setting): Html {
	const { counts, landed, from, now, branch, walls } = report;
	const used = report.spending.points.at(-1);
	const when = from === null ? '' : `${day(from)} ${clock(from)} to ${clock(now)}, ${duration(now - from)}`;
	const where = [branch?.replace('refs/heads/', ''), walls && `walls: ${walls}`]
		.filter((part) => part)
		.join(' · ');
	const figures: [string, string][] = [
		[String(landed.length), 'landed'],
		[String(counts.parked), counts.parked === 1 ? 'needs you' : 'need you'],
		[String(counts.open), 'open'],
		...(used && used.usd > 0 ? [[money(used.usd), 'used'] as [string, string]] : []),
		...(used && used.tokens > 0 ? [[tokens(used.tokens), 'tokens'] as [string, string]] : []),
	];
	return html`<h1>${report.name}</h1>
		<p>${report.state}</p>
		<p class="meta">${when}${when === '' || where === '' ? '' : ' · '}${where}</p>
		<ul class="sum">
			${figures.map(([figure, of]) => html`<li><b>${figure}</b> ${of}</li>`)}
		</ul>`;
}

function needsYou({ alerts, needsYou: tasks }: Report, setting: Setting): Html {
	if (alerts.length + tasks.length === 0) return html`<p>Nothing needs you.</p>`;
	const told = alerts.map((text) => html`<p class="alert" role="note">${text}</p>`);
	return html`${told}${tasks.map((task) => card(task, 'needs', setting))}`;
}
