import { duration, money, tokens } from '../format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Setting } from './setting.ts';
import type { Point } from './spending.ts';
import { table } from './table.ts';
import { totals } from './time-spent.ts';
import type { Span, Use } from './time-spent.ts';

/** Where the time went, as a bar from left to right and as a list: the list says all that the bar shows. */
export function timeline(spans: readonly Span[], clock: Setting['clock']): Html {
	const [first, last] = [spans[0], spans.at(-1)];
	if (!first || !last) return html`<p>Nothing has happened yet.</p>`;
	const whole = last.to - first.from;
	const bars = spans.map(({ use, from, to }) => {
		const [x, width] = [(from - first.from) / whole, (to - from) / whole].map((share) =>
			round(share * WIDTH),
		);
		return html`<rect class="${use}" x="${x!}" width="${Math.max(width!, 0.5)}" height="40"
			><title>${USES[use]} ${clock(from)}–${clock(to)}, ${duration(to - from)}</title></rect
		>`;
	});
	const rows = totals(spans).map(({ use, ms }) => {
		const name = html`<span class="key ${use}"></span>${USES[use]}`;
		return [name, duration(ms), percent(ms / whole)] as const;
	});
	return html`<figure>
			<svg
				viewBox="0 0 ${WIDTH} 40"
				preserveAspectRatio="none"
				class="bar"
				role="img"
				aria-label="What each part of the time went into; the table below has the sums"
			>
				${bars}
			</svg>
			<figcaption><span>${clock(first.from)}</span><span>${clock(last.to)}</span></figcaption>
		</figure>
		${table(['What', 'Time', 'Share'], rows)}`;
}

/** What was used as the night went on: a line that only rises. Nothing where no agent told any figure. */
export function rising(points: readonly Point[], clock: Setting['clock']): Html | null {
	const [first, last] = [points[0], points.at(-1)];
	if (!first || !last || last.tokens + last.usd === 0 || points.length < 2) return null;
	const of = last.usd > 0 ? ('usd' as const) : ('tokens' as const);
	const length = Math.max(1, last.at - first.at);
	const path = thinned(points)
		.map(
			(point) =>
				`${round(((point.at - first.at) / length) * WIDTH)},${round(HEIGHT - (point[of] / last[of]) * HEIGHT)}`,
		)
		.join(' ');
	const sum = of === 'usd' ? money(last.usd) : `${tokens(last.tokens)} tokens`;
	return html`<figure>
		<svg
			viewBox="0 -2 ${WIDTH} ${HEIGHT + 4}"
			preserveAspectRatio="none"
			class="line"
			role="img"
			aria-label="Used from ${clock(first.at)} to ${clock(last.at)}, rising to ${sum}"
		>
			<polyline points="${path}" />
		</svg>
		<figcaption><span>${clock(first.at)}</span><span>${sum} by ${clock(last.at)}</span></figcaption>
	</figure>`;
}

const USES: Readonly<Record<Use, string>> = {
	work: 'work',
	checks: 'checks',
	review: 'review',
	wait: 'waiting for an agent or the machine',
	idle: 'waiting for you',
	sleep: 'the machine slept',
	stopped: 'the loop was not there',
	loop: 'the loop itself',
};

const WIDTH = 1000;
const HEIGHT = 120;

/** More points than columns of a screen show nothing more. */
function thinned(points: readonly Point[]): Point[] {
	const step = Math.ceil(points.length / WIDTH);
	return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}

function percent(share: number): string {
	return `${Math.round(share * 100)} %`;
}
