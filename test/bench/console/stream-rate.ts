/** How much the one event stream of a page brings, as the browser counts it. */
import type { Page } from '@playwright/test';

export type StreamRate = {
  /** Over all of the time. */
  readonly bytesPerSecond: number;
  /** Of the second that brought most. */
  readonly mostInOneSecond: number;
};

type Piece = { readonly atMs: number; readonly bytes: number };

/** Of all that reaches the page from now on: a page that is only looked at asks little else, and that counts as well. */
export async function watchStream(page: Page): Promise<{ end(): Promise<StreamRate> }> {
  const cdp = await page.context().newCDPSession(page);
  const pieces: Piece[] = [];
  cdp.on('Network.dataReceived', ({ timestamp, dataLength, encodedDataLength }) => {
    pieces.push({ atMs: timestamp * 1000, bytes: Math.max(dataLength, encodedDataLength) });
  });
  await cdp.send('Network.enable');
  const start = performance.now();
  return {
    end: async () => {
      const seconds = (performance.now() - start) / 1000;
      await cdp.detach();
      const total = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
      return { bytesPerSecond: total / seconds, mostInOneSecond: mostWithin(pieces, 1000) };
    },
  };
}

function mostWithin(pieces: readonly Piece[], windowMs: number): number {
  let [most, sum, from] = [0, 0, 0];
  for (const { atMs, bytes } of pieces) {
    sum += bytes;
    for (let oldest = pieces[from]; oldest !== undefined && oldest.atMs <= atMs - windowMs; oldest = pieces[from]) {
      sum -= oldest.bytes;
      from += 1;
    }
    most = Math.max(most, sum);
  }
  return most;
}
