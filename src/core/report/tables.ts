import { duration, money, tokens } from '../format.ts';
import { rising } from './charts.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Report } from './report.ts';
import type { Setting } from './setting.ts';
import type { Share } from './spending.ts';

/** What sessions used, as the night went on and by who used it. */
export function cost({ spending: { points, shares } }: Report, { clock }: Setting): Html {
	if (shares.length === 0) return html`<p>No session has ended yet.</p>`;
	return html`${rising(points, clock)}
		<table>
			<thead>
				<tr>
					<th scope="col">Who</th>
					<th scope="col">Sessions</th>
					<th scope="col">Time</th>
					<th scope="col">Tokens</th>
					<th scope="col">Cost</th>
				</tr>
			</thead>
			<tbody>
				${shares.map(shareRow)}
			</tbody>
		</table>`;
}

function shareRow({ who, sessions, ms, usd, tokens: used }: Share): Html {
	return html`<tr>
		<th scope="row">${who}</th>
		<td>${sessions}</td>
		<td>${duration(ms)}</td>
		<td>${used === 0 ? '–' : tokens(used)}</td>
		<td>${usd === 0 ? '–' : money(usd)}</td>
	</tr>`;
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
	return html`<table>
		<thead>
			<tr>
				<th scope="col">What</th>
				<th scope="col">Times</th>
			</tr>
		</thead>
		<tbody>
			${rows.map(
				([what, times]) =>
					html`<tr>
						<th scope="row">${what}</th>
						<td>${times}</td>
					</tr>`,
			)}
		</tbody>
	</table>`;
}
