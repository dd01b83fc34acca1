import { describe, expect, test } from 'vitest';
import { mirrorLive } from '../../../electron/desktop/live-mirror.ts';
import { protectNow } from '../../../electron/desktop/protect-now.ts';
import type { ContractClient } from '../../../electron/engine/engine.ts';
import type { LiveEvent, LiveState } from '../../../shared/contract/live.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { startConsole, type StartWorld } from '../../../packaging/start-console.ts';
import { job, live, source } from './live.ts';

/** An engine whose streams end as they are told, one after the other. */
function watched(streams: readonly (readonly LiveEvent[])[], end: () => void): ContractClient {
  let number = 0;
  return {
    live: {
      watch: async function* () {
        const events = streams[number];
        number += 1;
        if (events === undefined) return end();
        yield* events;
        throw new Error('the stream broke');
      },
    },
  } as unknown as ContractClient;
}

describe('the mirror of live state', () => {
  test('takes in changes, and begins anew after a gap, without taking what it finds then for news', async () => {
    const seen: { jobs: string[]; isNews: boolean }[] = [];
    const abort = new AbortController();
    const change = (key: string, value: unknown): never => ({ collection: 'jobs', key, value }) as never;
    const client = watched(
      [
        [
          { type: 'state', sequence: 0, state: live({ jobs: [job({ id: 'a' })] }) },
          { type: 'beat', sequence: 0 },
          { type: 'delta', sequence: 1, changes: [change('__proto__', job()), change('a', null)] },
          { type: 'delta', sequence: 3, changes: [change('missed', job())] },
        ],
        [{ type: 'state', sequence: 0, state: live() }],
      ],
      () => abort.abort(),
    );
    const onState = (state: LiveState, before: LiveState | null): void =>
      void seen.push({ jobs: Object.keys(state.jobs), isNews: before !== null });
    await mirrorLive(client, { onState, pauseMs: 1 }, abort.signal);
    expect(seen).toEqual([
      { jobs: ['a'], isNews: false },
      { jobs: ['__proto__'], isNews: true },
      { jobs: [], isNews: false },
    ]);
  });
});

describe('"Protect now"', () => {
  const state = live({
    sources: [source('a'), source('b'), source('busy'), source('of restic', { registered: null })],
    repository: { id: '0123456789abcdef', primary: true, state: 'open' },
    jobs: [job({ title: 'busy' })],
  });
  const asking = (asked: unknown[], failing = ''): ContractClient =>
    ({
      protection: {
        protect: async function* (input: { registered: string }) {
          asked.push(input);
          if (input.registered === failing) throw new HoldfastError('NO_SPACE', 'The disk is full');
          yield { type: 'job', job: 'x' };
          throw new Error('nobody reads this far');
        },
      },
    }) as unknown as ContractClient;

  test('starts a detached run for each registered source that does not run already', async () => {
    const asked: unknown[] = [];
    expect(await protectNow(asking(asked), state, null)).toEqual([]);
    expect(asked).toEqual(
      ['a', 'b'].map((registered) => ({ repository: { id: '0123456789abcdef' }, registered, detach: true })),
    );
  });

  test('starts one, and says what kept it from starting', async () => {
    const asked: unknown[] = [];
    expect(await protectNow(asking(asked, 'b'), state, 'b')).toEqual(['b: The disk is full']);
    expect(asked).toHaveLength(1);
  });

  test('says what is missing', async () => {
    expect(await protectNow(asking([]), live({ sources: [source('a')] }), null)).toEqual([
      'No repository is connected. Open Holdfast to connect one.',
    ]);
    const locked = live({ sources: [source('a')], repository: { state: 'locked' } });
    expect(await protectNow(asking([]), locked, null)).toEqual([
      'disk waits for its password. Open Holdfast to enter it.',
    ]);
  });
});

describe('npm start', () => {
  function world(change: Partial<StartWorld> = {}): { world: StartWorld; log: string[] } {
    const log: string[] = [];
    const done = (what: string, result: boolean) => () => (log.push(what), Promise.resolve(result));
    return {
      log,
      world: {
        platform: 'linux',
        env: { DISPLAY: ':0' },
        uid: 1000,
        isPageBuilt: () => true,
        buildPage: done('page', true),
        buildProgram: done('program', true),
        electron: () => '/electron',
        installElectron: done('install', true),
        openDesktop: (electron) => (log.push(`desktop ${electron}`), Promise.resolve(0)),
        openBrowserConsole: ({ opens }) => (log.push(opens ? 'browser' : 'link'), Promise.resolve(0)),
        say: (text) => void log.push(text),
        ...change,
      },
    };
  }

  test('builds what is missing and opens the desktop', async () => {
    const { world: given, log } = world({ isPageBuilt: () => false });
    expect(await startConsole(given)).toBe(0);
    expect(log).toEqual(['Building the page of the console.', 'page', 'program', 'desktop /electron']);
  });

  test('says that it fetches a missing runtime, tries once, then says in one line that it cannot be had, and opens the browser', async () => {
    const { world: given, log } = world({ electron: () => null });
    await startConsole(given);
    expect(log).toEqual([
      'Fetching the desktop runtime (Electron). This can take minutes.',
      'install',
      'The desktop runtime (Electron) could not be downloaded, so the console opens in your browser. Ctrl-C ends Holdfast.',
      'browser',
    ]);
  });

  test('uses the runtime that it could fetch', async () => {
    let fetched = false;
    const { world: given, log } = world({
      electron: () => (fetched ? '/new' : null),
      installElectron: () => Promise.resolve((fetched = true)),
    });
    await startConsole(given);
    expect(log.slice(1)).toEqual(['program', 'desktop /new']);
  });

  test.each([
    [
      { env: {} },
      'There is no screen for a window here, so the console waits for a browser: open this link in one. Ctrl-C ends Holdfast.',
      'link',
    ],
    [
      { uid: 0 },
      'Electron does not run safely as root, so the console opens in your browser. Ctrl-C ends Holdfast.',
      'browser',
    ],
    [
      { env: { BROWSER: '/opener-from-afar' } },
      'There is no screen for a window here, so the console opens in your browser. Ctrl-C ends Holdfast.',
      'browser',
    ],
  ])('serves a browser where a window cannot work: %j', async (change, words, how) => {
    const { world: given, log } = world(change);
    await startConsole(given);
    expect(log).toEqual([words, how]);
  });
});
