/**
 * Copying over a line that is slow and is cut at any moment: it completes when it is called again, nothing that has arrived
 * travels again, and nothing is left over that a prune would not find.
 */
import { cpSync, rmSync } from 'node:fs';
import { expect } from 'vitest';
import type { Backend } from '../../electron/engine/repository/backend/backend.ts';
import { delegate } from '../../electron/engine/repository/backend/delegate.ts';
import { RestBackend } from '../../electron/engine/repository/backend/rest/rest.ts';
import { withRetry } from '../../electron/engine/repository/backend/retry.ts';
import { copySnapshots } from '../../electron/engine/repository/copy/copy-snapshots.ts';
import type { CopyResult } from '../../electron/engine/repository/copy/request.ts';
import { openRepository } from '../../electron/engine/repository/repository.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { takeScene } from '../support/copies.ts';
import { noise } from '../support/odd-tree.ts';
import { peerVersion } from '../support/peers.ts';
import { describeFailure, run } from '../support/processes.ts';
import { createRepository } from '../support/restic-repository.ts';
import { ShapingProxy } from '../support/shaping-proxy.ts';
import { makeSite, type Site } from '../support/site.ts';
import { storedBlobs } from '../support/stored-twice.ts';
import { tortureTest, type Round } from '../support/torture/rounds.ts';
import { damageIn, openKnown, prune, storedNames, upkeepPassword } from '../support/upkeep-repository.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const kib = 1024;
const snapshots = 3;
/** Where a pack is full: it has no more than the next blob beyond it. */
const packBytes = 17 * kib * kib;
const packsInFlight = 4;
const mostCuts = 4;
/** What a call costs that finds out how things stand: locks, lists and what is needed to ask for them. */
const askedAgainBytes = 64 * kib;
/** restic looks at so many rounds: what Holdfast's own check looks at is in all of them. */
const resticEvery = 10;

type Scene = AsyncDisposable & {
  readonly workspace: Workspace;
  readonly source: string;
  readonly empty: string;
  readonly site: Site;
  readonly proxy: ShapingProxy;
  /** What passes the line when nothing is cut. */
  readonly usualBytes: number;
};

async function prepare(): Promise<Scene> {
  const workspace = await makeWorkspace({ inMemory: true });
  const options = { password: upkeepPassword, scrypt: { N: 1024, r: 8, p: 1 } };
  const from = createRepository(workspace.path('from'), options);
  const files = Array.from({ length: 30 }, (_, at) => [`file ${at}`, noise(1000 * kib, `cut ${at}`)] as const);
  for (let minute = 0; minute < snapshots; minute++) {
    const changed = { changing: noise((minute + 1) * 300 * kib, `minute ${minute}`), [`new ${minute}`]: { file: 'x' } };
    takeScene(from, minute, { deep: { er: Object.fromEntries(files) }, ...changed });
  }
  createRepository(workspace.path('empty'), options);
  const site = await makeSite();
  const proxy = await ShapingProxy.open(Number(new URL(site.origin).port), { delayMs: 1, bytesPerSecond: 4e8 });
  const scene = { workspace, source: from.location, empty: workspace.path('empty'), site, proxy };
  const usualBytes = await measure({ ...scene, usualBytes: 0, [Symbol.asyncDispose]: async () => {} });
  return {
    ...scene,
    usualBytes,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

async function measure(scene: Scene): Promise<number> {
  begin(scene);
  const before = scene.proxy.passed.up + scene.proxy.passed.down;
  await copyOnce(scene);
  return scene.proxy.passed.up + scene.proxy.passed.down - before;
}

/** An empty repository at the site, and nothing remembered. */
function begin({ site, empty, workspace }: Scene): void {
  rmSync(site.folder, { recursive: true, force: true });
  cpSync(empty, site.folder, { recursive: true });
  rmSync(workspace.path('memory'), { recursive: true, force: true });
}

/** Packs that were sent and answered, and bytes of those that were not. */
type Sent = { readonly stored: string[]; inFlight: number };

async function copyOnce(scene: Scene, sent: Sent = { stored: [], inFlight: 0 }): Promise<CopyResult> {
  const { source, site, proxy, workspace } = scene;
  const access = {
    user: site.user,
    password: () => Promise.resolve(site.password),
    fingerprint: null,
    authority: null,
  };
  const url = `http://127.0.0.1:${proxy.port}/${site.user}/`;
  // What is to be seen is a line that stays dead for as long as anybody tries.
  const backend = withRetry(counted(new RestBackend({ url, ...access }), sent), { attempts: 2, firstDelayMs: 1 });
  return copySnapshots({
    from: await openKnown(source),
    to: await openRepository(backend, upkeepPassword),
    snapshots: storedNames(source, 'snapshots'),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onSnapshot: () => undefined,
    onNotice: () => undefined,
    memory: workspace.path('memory'),
  });
}

function counted(backend: Backend, sent: Sent): Backend {
  return {
    ...delegate(backend),
    async save(handle, data) {
      // Its buffer may be gone when it has been sent.
      const bytes = data.length;
      const isPack = handle.type === 'data';
      try {
        await backend.save(handle, data);
        if (isPack) sent.stored.push(handle.name);
      } catch (error) {
        if (isPack) sent.inFlight += bytes;
        throw error;
      }
    },
  };
}

async function copyOverCuts(scene: Scene, { below }: Round, sent: Sent): Promise<number> {
  const { proxy, usualBytes } = scene;
  const cuts = 1 + below(mostCuts);
  for (let cut = 0; cut < cuts; cut++) {
    proxy.cutAfter(below(usualBytes));
    const failure = await copyOnce(scene, sent).catch((error: unknown) => error);
    if (failure instanceof Error) expect(failure, String(failure)).toBeInstanceOf(HoldfastError);
    if (failure instanceof Error) expect(proxy.isCut, `it failed by itself: ${failure.message}`).toBe(true);
    proxy.mend();
  }
  return cuts;
}

async function expectWhole(scene: Scene, { number }: Round): Promise<void> {
  const { site, workspace } = scene;
  expect(await damageIn(site.folder)).toEqual([]);
  await prune(site.folder);
  const { plan } = await prune(site.folder, { dryRun: true });
  expect(plan).toMatchObject({ snapshots, leftovers: { packs: 0 }, dead: { packs: 0 }, duplicates: { blobs: 0 } });
  expect(storedNames(site.folder, 'locks')).toEqual([]);
  if (number % resticEvery > 0 || peerVersion('restic') === null) return;
  const env = { ...workspace.resticEnv(), RESTIC_REPOSITORY: site.folder, RESTIC_PASSWORD: upkeepPassword };
  const checked = await run('restic', ['check', '--read-data'], { env });
  expect(checked.stdout, describeFailure(checked)).toContain('no errors were found');
}

/** Of what has arrived nothing was sent again, and of the rest no more than what was on its way when the line was cut. */
async function expectSentOnce({ site, usualBytes }: Scene, sent: Sent, passedBytes: number, cuts: number) {
  const { packs, repeated } = await storedBlobs(site.folder);
  expect(repeated).toEqual([]);
  expect(new Set(sent.stored).size, 'a pack that had arrived was sent again').toBe(sent.stored.length);
  expect([...packs.keys()]).toEqual(expect.arrayContaining(sent.stored));
  // Each is tried twice, and the second time the line is dead.
  expect(sent.inFlight).toBeLessThanOrEqual(2 * cuts * packsInFlight * packBytes);
  expect(passedBytes).toBeLessThan(usualBytes + sent.inFlight + cuts * askedAgainBytes);
}

tortureTest('a copy over a line that is cut', prepare, async (scene, round) => {
  begin(scene);
  const before = scene.proxy.passed.up;
  const sent: Sent = { stored: [], inFlight: 0 };
  const cuts = await copyOverCuts(scene, round, sent);
  const { outcomes } = await copyOnce(scene, sent);
  expect(outcomes.map(({ state }) => state)).not.toContain('failed');
  await expectSentOnce(scene, sent, scene.proxy.passed.up - before, cuts);
  await expectWhole(scene, round);
});
