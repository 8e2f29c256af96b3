/** The JSON object that a text holds, nothing before or after it but white space. null: it holds something else. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
	// A flood of what is none would cost an error each.
	const value = /^\s*\{/.test(text) ? parsed(text) : null;
	return isObject(value) ? value : null;
}

/** True of an object that is neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// All that JSON.parse throws is a SyntaxError: the text is not JSON.
		return null;
	}
}
