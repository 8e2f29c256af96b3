/**
 * Says another folder where a text says one, as installed things do of where they lie: the scripts and the `.pth` files of
 * a virtual environment, what cmake writes, absolute links. Bytes, one character each. null: nothing to say otherwise.
 */
export function openRelocation(from: string, to: string): (content: Buffer) => Buffer | null {
	const bytes = Buffer.from(from);
	const here = new RegExp(`${escaped(bytes.toString('latin1'))}(?![\\w.-])`, 'g');
	const there = Buffer.from(to).toString('latin1');
	return (content) => {
		if (!content.includes(bytes) || content.subarray(0, LOOKED_AT).includes(0)) return null;
		return Buffer.from(
			content.toString('latin1').replaceAll(here, () => there),
			'latin1',
		);
	};
}

/** A NUL in so many first bytes makes a file binary, as for git. */
const LOOKED_AT = 8000;

function escaped(text: string): string {
	return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
