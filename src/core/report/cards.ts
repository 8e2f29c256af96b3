import { duration, money, tokens } from '../format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Landing } from './landing.ts';
import type { Setting } from './setting.ts';
import type { Told } from './told.ts';

/** One task, what was tried, and what a person is to do about it. */
export function card(task: Told, kind: string, setting: Setting): Html {
	return html`<article class="${kind}" aria-label="${task.text}">
		<h3>${task.text}</h3>
		<p class="meta">${where(task)}${task.state}</p>
		<p class="do">${task.next.words}</p>
		${story(task, setting, 'open')}
	</article>`;
}

function where({ line }: Told): string {
	return line === null ? '' : `line ${line} · `;
}

function command(text: string | null): Html | null {
	return text === null ? null : html`<pre>${text}</pre>`;
}

/** What was tried. The last attempt, and what came after it, lie open where a person has to decide by them. */
function story({ chapters }: Told, { logs }: Setting, last: 'open' | 'closed'): Html {
	const from = last === 'open' ? chapters.findLastIndex(({ attempt }) => attempt !== null) : chapters.length;
	const told = chapters.map((chapter, index) => {
		const isOpen = index >= from;
		const name =
			chapter.attempt === null ? (index === 0 ? 'Before' : 'Afterwards') : `Attempt ${chapter.attempt}`;
		const shown = chapter.commands.map(
			({ to, command: text }) =>
				html`<p class="meta">To ${to}:</p>
					${command(text)}`,
		);
		const links = chapter.sessions.map(
			(session) =>
				html`<li>
					${session}:
					<a href="${logs}sessions/${session}/prompt.md" aria-label="prompt of ${session}">prompt</a>,
					<a href="${logs}sessions/${session}/output.jsonl" aria-label="output of ${session}">output</a>
				</li>`,
		);
		const logsOf = list(links);
		return html`<details${isOpen ? OPEN : null}><summary>${name} · ${chapter.at}</summary><pre>${chapter.lines.join('\n')}</pre>${shown}${logsOf}</details>`;
	});
	return html`${told}`;
}

const OPEN: Html = { html: ' open' };

/** Why a person should look at a landing twice. */
export function odd(task: Landing): Html {
	return html`<article class="odd" aria-label="${task.text}, look twice">
		<h3><a href="#c-${task.commit.slice(0, 12)}">${task.text}</a></h3>
		<ul class="plain">
			${task.odd.map((why) => html`<li>${why}</li>`)}
		</ul>
	</article>`;
}

/** A landing with what changed, who approved it, and how to take it back. */
export function landed(task: Landing, setting: Setting): Html {
	const { commit, attempts, ms, usd, changes } = task;
	const id = commit.slice(0, 12);
	const facts = [
		id,
		`${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
		duration(ms),
		...(usd > 0 ? [money(usd)] : []),
		...(task.tokens > 0 ? [`${tokens(task.tokens)} tokens`] : []),
	];
	return html`<article id="c-${id}" aria-label="${task.text}">
		<h3>${task.text}</h3>
		<p class="meta">${facts.join(' · ')}</p>
		<details>
			<summary>${changedWords(changes)}</summary>
			${list(filesOf(changes))} ${list(task.reviews.map(approval))} ${story(task, setting, 'closed')}
			<p class="meta">To take its code back:</p>
			<pre>${task.undo}</pre>
		</details>
	</article>`;
}

function filesOf(changes: Landing['changes']): Html[] {
	const files = changes.slice(0, MOST_FILES).map(({ path, added, deleted }) => {
		const size =
			added === null
				? html`binary`
				: html`<span class="plus">+${added}</span> <span class="minus">−${deleted}</span>`;
		return html`<li><code>${path}</code> ${size}</li>`;
	});
	const more = changes.length - files.length;
	return more === 0 ? files : [...files, html`<li>and ${more} more</li>`];
}

const MOST_FILES = 100;

function approval({ reviewer, session, findings }: Landing['reviews'][number]): Html {
	const remarks = findings.map(({ what, evidence }) => {
		const quoted = evidence === '' ? null : html`<pre>${evidence}</pre>`;
		return html`<li>${what}${quoted}</li>`;
	});
	return html`<li>${`approved by ${reviewer} (${session})`}${list(remarks)}</li>`;
}

function list(items: readonly Html[]): Html | null {
	return items.length === 0
		? null
		: html`<ul class="plain">
				${items}
			</ul>`;
}

function changedWords(changes: Landing['changes']): string {
	const sum = (of: 'added' | 'deleted') => changes.reduce((all, change) => all + (change[of] ?? 0), 0);
	if (changes.length === 0) return 'no file changed';
	return `${changes.length} ${changes.length === 1 ? 'file' : 'files'}, +${sum('added')} −${sum('deleted')}`;
}
