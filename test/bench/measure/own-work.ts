/** What the main thread itself worked on, apart from the time it did not get a core because others had them all. */
export type OwnWork = {
  /** The most CPU time in milliseconds that it has spent between two of its own timers, so far. Ends the watch. */
  longestMs(): number;
};

const lookEveryMs = 5;

export function watchOwnWork(): OwnWork {
  let longestUs = 0;
  let before = process.threadCpuUsage();
  const look = (): void => {
    const now = process.threadCpuUsage();
    longestUs = Math.max(longestUs, now.user - before.user + (now.system - before.system));
    before = now;
  };
  const timer = setInterval(look, lookEveryMs);
  return {
    longestMs: () => {
      clearInterval(timer);
      look();
      return longestUs / 1000;
    },
  };
}
