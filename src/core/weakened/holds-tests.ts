import { languageOf } from './languages.ts';
import { kindsOf } from '../gate/path-kinds.ts';

/** True of a file that may hold tests which we know to read. In Rust they also stand amid the code. */
export function holdsTests(path: string): boolean {
	return languageOf(path) !== null && (kindsOf(path).includes('test') || /\.rs$/i.test(path));
}
