import { duration, money, tokens } from '../format.ts';
import { rising } from './charts.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Report } from './report.ts';
import type { Setting } from './setting.ts';
import type { Share } from './spending.ts';
import { table } from './table.ts';

/** What sessions used, as the night went on and by who used it. */
export function cost({ spending: { points, shares } }: Report, { clock }: Setting): Html {
	if (shares.length === 0) return html`<p>No session has ended yet.</p>`;
	const rows = shares.map(shareRow);
	return html`${rising(points, clock)} ${table(['Who', 'Sessions', 'Time', 'Tokens', 'Cost'], rows)}`;
}

function shareRow({ who, sessions, ms, usd, tokens: used }: Share): [string, number, string, string, string] {
	return [who, sessions, duration(ms), used === 0 ? '–' : tokens(used), usd === 0 ? '–' : money(usd)];
}

/** What the gate did, in figures. */
export function gate({
	gate: { candidates, landed: all, atOnce, rejected, verdicts, flaky, cutOff },
}: Report): Html {
	const rows: [string, number][] = [
		['candidates judged', candidates],
		['landed', all],
		['of these at the first attempt', atOnce],
		...rejected.map(({ against, times }): [string, number] => [`turned down: ${against}`, times]),
		['reviewers approved', verdicts.approved],
		['reviewers rejected', verdicts.rejected],
		['verdicts that could not be read', verdicts.unreadable],
		['flaky checks', flaky],
		...cutOff.map(({ how, times }): [string, number] => [`sessions cut off: ${how}`, times]),
	];
	return table(['What', 'Times'], rows);
}
