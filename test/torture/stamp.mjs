// Loaded before a starter's own code: tells how long that ran, and how much of a processor it took, in ms.
import { appendFileSync } from 'node:fs';

const began = performance.now();
process.on('exit', (code) => {
	const { user, system } = process.cpuUsage();
	const line = [process.pid, code, performance.now() - began, (user + system) / 1000].join(' ');
	appendFileSync(process.env['STAMPS'], `${line}\n`);
});
