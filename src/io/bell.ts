/** Lets one waiter sleep until something happens, or a time is over. A ring while nobody waits is not lost. */
export interface Bell {
	ring(): void;
	/** Resolves at the next ring, at once if it rang since the last wait, at the latest after `ms`. */
	wait(ms: number): Promise<void>;
}

export function openBell(): Bell {
	let rang: 'yes' | 'no' = 'no';
	let wake = () => {};
	return {
		ring() {
			rang = 'yes';
			wake();
		},
		async wait(ms) {
			if (rang === 'no') {
				await new Promise<void>((resolve) => {
					const timer = setTimeout(resolve, Math.max(0, Math.min(ms, LONGEST)));
					wake = () => {
						clearTimeout(timer);
						resolve();
					};
				});
			}
			rang = 'no';
		},
	};
}

/** One timer never runs longer than a minute: a suspended machine or a set clock is noticed that soon. */
const LONGEST = 60_000;
