import { ORPCError } from '@orpc/client';
import { expect, test } from 'vitest';
import type { LiveEvent } from '../../../../shared/contract/live.ts';
import type { Client } from '../../../../renderer/client/client.ts';
import { keepLive, pauseBefore, silenceMs, type Connection } from '../../../../renderer/client/keep-live.ts';

const state: LiveEvent = {
  type: 'state',
  sequence: 0,
  state: {
    engine: {},
    repositories: {},
    sources: {},
    jobs: {},
    runs: {},
    planRuns: {},
    alerts: {},
    incidents: {},
    suspects: {},
    notices: {},
  },
};
const engine = { version: '1', startedAt: '', hostname: '', zone: 'UTC', tenant: 'default', secretStore: null };
const whole: LiveEvent = { ...state, state: { ...state.state, engine: { engine } } };

/** One attempt: events, then how the stream goes on. */
type Attempt = { readonly events: readonly LiveEvent[]; readonly after: 'ends' | 'breaks' | 'hangs' | 'is refused' };

/** Plays the attempts through the real loop on a clock of its own; ends when they are used up. */
async function play(
  ...attempts: readonly Attempt[]
): Promise<{ said: Connection[]; taken: number[]; pauses: number[] }> {
  const said: Connection[] = [];
  const taken: number[] = [];
  const pauses: number[] = [];
  const end = new AbortController();
  let now = 1000;
  const left = [...attempts];
  let hangs = false;
  async function* stream(attempt: Attempt): AsyncGenerator<LiveEvent, void> {
    hangs = false;
    if (attempt.after === 'is refused') throw new ORPCError('UNAUTHORIZED');
    for (const event of attempt.events) {
      now += 100;
      yield event;
    }
    if (attempt.after === 'breaks') throw new TypeError('network error');
    if (attempt.after === 'hangs') {
      hangs = true;
      await new Promise(() => undefined);
    }
  }
  const watch = () => {
    const attempt = left.shift();
    if (attempt !== undefined) return Promise.resolve(stream(attempt));
    end.abort();
    return Promise.reject(new DOMException('over', 'AbortError'));
  };
  // Only this call is used; the rest of the contract is beside the point.
  const client = { live: { watch } } as unknown as Client;
  await keepLive(
    { open: () => Promise.resolve(client) },
    {
      onClient: () => undefined,
      onLive: (live) => taken.push(live.sequence),
      onConnection: (connection) => said.push(connection),
    },
    {
      now: () => now,
      // Silence passes only where the stream hangs; pauses between tries pass at once.
      pause: async (ms, signal) => {
        if (ms !== silenceMs || signal.aborted) {
          if (!signal.aborted) pauses.push(ms);
          return;
        }
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve());
          setTimeout(() => hangs && resolve(), 5);
        });
      },
    },
    end.signal,
    new EventTarget(),
  );
  return { said, taken, pauses };
}

const delta = (sequence: number): LiveEvent => ({ type: 'delta', sequence, changes: [] });

test('events are taken in, in order, and the page is live', async () => {
  const { said, taken } = await play({ events: [whole, delta(1), delta(2)], after: 'ends' });
  expect(taken).toEqual([0, 1, 2]);
  expect(said[0]).toEqual({ state: 'live' });
});

test('after a loss the page says since when what it shows is old, and begins anew', async () => {
  const { said, taken } = await play(
    { events: [whole, delta(1)], after: 'breaks' },
    { events: [whole], after: 'ends' },
  );
  expect(taken).toEqual([0, 1, 0]);
  expect(said.map(({ state: is }) => is)).toEqual(['live', 'live', 'reconnecting', 'live', 'reconnecting']);
  expect(said[2]).toMatchObject({ since: 1200 });
});

test('a gap in the numbers is never shown: all is asked for anew', async () => {
  const { taken } = await play(
    { events: [whole, delta(2), delta(3)], after: 'ends' },
    { events: [whole], after: 'ends' },
  );
  expect(taken).toEqual([0, 0]);
});

test('a stream that only falls silent is given up', async () => {
  const { said, taken } = await play({ events: [whole], after: 'hangs' }, { events: [whole], after: 'ends' });
  expect(taken).toEqual([0, 0]);
  expect(said.map(({ state: is }) => is)).toContain('reconnecting');
});

test('an engine that was never heard is not called lost', async () => {
  const { said } = await play({ events: [], after: 'breaks' }, { events: [], after: 'breaks' });
  expect(said).toEqual([
    { state: 'connecting', tries: 1 },
    { state: 'connecting', tries: 2 },
  ]);
});

test('a page that is not signed in says so instead of trying', async () => {
  const { said } = await play({ events: [], after: 'is refused' });
  expect(said).toMatchObject([{ state: 'refused', problem: { code: 'NOT_SIGNED_IN' } }]);
});

test('pauses grow to a bound, and begin short again after a success', async () => {
  const lost: Attempt = { events: [], after: 'breaks' };
  const { pauses } = await play(lost, lost, lost, { events: [whole], after: 'breaks' }, lost);
  expect(pauses).toEqual([500, 1000, 2000, 500, 1000]);
  expect(pauseBefore(40)).toBe(10_000);
});
