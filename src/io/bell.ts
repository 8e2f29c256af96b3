/** Lets one waiter sleep until something happens, or a time is over. A ring while nobody waits is not lost. */
export interface Bell {
	ring(): void;
	/** Resolves at the next ring, at once if it rang since the last wait, at the latest after `ms`. */
	wait(ms: number): Promise<'rang' | 'silent'>;
}

export function openBell(): Bell {
	let state: 'rang' | 'silent' = 'silent';
	let wake = () => {};
	return {
		ring() {
			state = 'rang';
			wake();
		},
		async wait(ms) {
			if (state === 'silent') {
				await new Promise<void>((resolve) => {
					const timer = setTimeout(resolve, Math.max(0, ms));
					wake = () => {
						clearTimeout(timer);
						resolve();
					};
				});
			}
			const was = state;
			state = 'silent';
			return was;
		},
	};
}
