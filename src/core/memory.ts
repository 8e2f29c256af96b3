/**
 * The memory files as one text for a prompt: whole files under their paths, in order of path, as far as they fit into
 * `capTokens` (taken as four characters each). Those that do not fit are named by path, so that a session can read them.
 */
export function memoryText(files: readonly { path: string; text: string }[], capTokens: number): string {
	const inOrder = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
	const whole: string[] = [];
	const tooLong: string[] = [];
	let room = capTokens * 4;
	for (const { path, text } of inOrder) {
		const section = `### ${path}\n\n${text.trim()}\n`;
		if (section.length <= room) {
			whole.push(section);
			room -= section.length;
		} else {
			tooLong.push(path);
		}
	}
	return [...whole, ...unread(tooLong)].join('\n');
}

function unread(paths: readonly string[]): string[] {
	const list = paths.map((path) => `- ${path}\n`).join('');
	return paths.length === 0 ? [] : [`Too long to be shown here; read them if the task needs them:\n${list}`];
}
