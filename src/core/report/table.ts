import { html } from './html.ts';
import type { Html } from './html.ts';

type Cell = Html | string | number;

/** A table of which the first column names the rows. */
export function table(columns: readonly string[], rows: readonly (readonly [Cell, ...Cell[]])[]): Html {
	const body = rows.map(([name, ...cells]) => {
		const rest = cells.map((cell) => html`<td>${cell}</td>`);
		return html`<tr>
			<th scope="row">${name}</th>
			${rest}
		</tr>`;
	});
	return html`<table>
		<thead>
			<tr>
				${columns.map((column) => html`<th scope="col">${column}</th>`)}
			</tr>
		</thead>
		<tbody>
			${body}
		</tbody>
	</table>`;
}
