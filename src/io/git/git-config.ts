import path from 'node:path';
import process from 'node:process';

export interface Setting {
	readonly scope: string;
	/** Absolute; `''` where it does not come from a file. */
	readonly file: string;
	/** Section and name in lower case, as git prints it. */
	readonly key: string;
	/** null: a key alone, which means true. */
	readonly value: string | null;
	/** The file that it includes, absolute; null for any other setting. */
	readonly included: string | null;
}

/** Reads what `git config --list --show-scope --show-origin -z` prints, in its order. One character a byte. */
export function parseSettings(output: string): Setting[] {
	const fields = output.split('\0').slice(0, -1);
	const starts = fields.map((_, index) => index).filter((index) => index % 3 === 0);
	return starts.map((start) => {
		const [scope, origin, text] = fields.slice(start, start + 3) as [string, string, string];
		const file = origin.startsWith('file:') ? path.resolve(origin.slice('file:'.length)) : '';
		const [key, value] = keyAndValue(text);
		return { scope, file, key, value, included: isInclude(key) ? includedFile(file, value) : null };
	});
}

/** The files that the file itself includes, by what `git config --list -z --file` prints of it. */
export function includesIn(file: string, output: string): string[] {
	const settings = output.split('\0').slice(0, -1).map(keyAndValue);
	return settings.filter(([key]) => isInclude(key)).map(([, value]) => includedFile(file, value));
}

/** The same settings as a file that git reads, what they include aside. */
export function configText(settings: readonly Setting[]): string {
	return settings
		.filter(({ key }) => !isInclude(key))
		.map(({ key, value }) => {
			const [, section, , sub, name] = /^([^.]+)(\.(.*))?\.([^.]+)$/s.exec(key)!;
			const header = sub === undefined ? `[${section}]` : `[${section} "${escaped(sub)}"]`;
			return `${header}\n\t${name}${value === null ? '' : ` = "${escaped(value).replaceAll('\n', String.raw`\n`)}"`}\n`;
		})
		.join('');
}

/** With the person's home where it begins with `~/`. */
export function expandHome(file: string): string {
	return file.startsWith('~/') ? path.join(process.env['HOME'] ?? '/', file.slice(2)) : file;
}

function keyAndValue(text: string): [key: string, value: string | null] {
	const end = text.indexOf('\n');
	return end === -1 ? [text, null] : [text.slice(0, end), text.slice(end + 1)];
}

function isInclude(key: string): boolean {
	return /^include(?:if\..*)?\.path$/s.test(key);
}

function includedFile(from: string, value: string | null): string {
	return path.resolve(path.dirname(from), expandHome(value ?? ''));
}

function escaped(text: string): string {
	return text.replaceAll(/["\\]/g, String.raw`\$&`);
}
