/** What helpers keep for all tests of a file, and let go when it ends: their modules stay for the next file of the process. */

const releases: (() => Promise<unknown>)[] = [];

/** Call when there is something to let go, in a test or outside of one. */
export function atEndOfFile(release: () => Promise<unknown>): void {
  releases.push(release);
}

/** What came last goes first. For `each-file.ts`. */
export async function letGo(): Promise<void> {
  for (let release = releases.pop(); release !== undefined; release = releases.pop()) await release();
}
