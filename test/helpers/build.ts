import { execa } from 'execa';

/** The command line is tested as it is installed: compiled. */
export async function setup(): Promise<void> {
	await execa('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
