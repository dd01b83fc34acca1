/** A repository to be tortured, with a good snapshot in it that must survive whatever is done. */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { openEngine, type ContractClient, type Engine } from '../../../electron/engine/engine.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { buildOnce } from '../build-once.ts';
import { describeTree, diffTrees, type TreeDescription } from '../describe-tree.ts';
import { expectDone } from '../expect-clean.ts';
import type { HoldfastOptions } from '../holdfast.ts';
import { noise } from '../odd-tree.ts';
import { peerVersion } from '../peers.ts';
import { createRepository } from '../restic-repository.ts';
import { storedNames } from '../upkeep-repository.ts';
import { makeWorkspace, type Workspace } from '../workspace.ts';
import type { Round } from './rounds.ts';

const kib = 1024;

export type Victim = Workspace & {
  readonly source: string;
  /** The last good snapshot, and what it holds. */
  readonly good: { readonly snapshot: string; readonly tree: TreeDescription };
  /** Puts the repository back to what it was after `makeVictim`. */
  reset(): void;
  /** Changes the source, so that protecting it has something to store. */
  changeSource(round: Round): void;
  /** An engine of another console, which stays until the end: one for each look would cost more than the look. */
  looking(): Promise<ContractClient>;
};

export type VictimOptions = {
  readonly repositoryUnder?: string;
  /** Bytes of the one large file. */
  readonly largeBytes?: number;
};

/** With a key that costs nothing to derive, one snapshot, and unneeded data for prune: dead packs and partly dead ones. */
export const makeVictim = buildOnce(() => makeVictimUnder());

/** The same, made for one test alone. */
export async function makeVictimUnder(options: VictimOptions = {}): Promise<Victim> {
  const workspace = await makeWorkspace(options);
  const source = await workspace.folder('source');
  createRepository(workspace.repository, { password: workspace.password, scrypt: { N: 1024, r: 8, p: 1 } });
  const protect = ['protect', source, '--source', 'victim', '--json'];
  fill(source, 'first', options.largeBytes ?? 3 * kib * kib);
  expectDone(await workspace.here(protect));
  fill(source, 'second', kib * kib);
  for (let file = 0; file < 40; file += 2) rmSync(join(source, `file-${file}`));
  const taken = expectDone(await workspace.here(protect)).json(protectResultSchema);
  expectDone(await workspace.here(['forget', '--keep-last', '1']));
  const copy = workspace.path('as-it-was');
  cpSync(workspace.repository, copy, { recursive: true });
  let looking: Engine | null = null;
  return {
    ...workspace,
    source,
    good: { snapshot: taken.snapshot, tree: describe(source) },
    looking: async () => {
      const home = workspace.path('home', 'looking');
      const caller = { tenant: 'default', actor: 'test' };
      looking ??= await openEngine({ home, caller, version: 'test', onNotice: () => undefined });
      return looking.client;
    },
    [Symbol.asyncDispose]: async () => {
      await looking?.close();
      looking = null;
      await workspace[Symbol.asyncDispose]();
    },
    reset: () => {
      // Its folder stays: it may be where a disk is mounted.
      for (const name of readdirSync(workspace.repository)) {
        rmSync(join(workspace.repository, name), { recursive: true, force: true });
      }
      cpSync(copy, workspace.repository, { recursive: true });
    },
    changeSource: ({ seed, below }) => {
      writeFileSync(join(source, 'new'), noise(kib * kib + below(4 * kib * kib), seed));
    },
  };
}

function fill(source: string, text: string, largeBytes: number): void {
  mkdirSync(join(source, 'folder'), { recursive: true });
  for (let file = 0; file < 40; file++) writeFileSync(join(source, `file-${file}`), noise(2000, `${text} ${file}`));
  for (let file = 0; file < 20; file++)
    writeFileSync(join(source, 'folder', `${text}-${file}`), noise(3000, `${text}/${file}`));
  writeFileSync(join(source, 'large'), noise(largeBytes, `${text} large`));
}

/** How long a command takes when nobody interferes; the first run of a kind also fills caches. */
export async function timeOf(victim: Workspace, args: readonly string[], options?: HoldfastOptions): Promise<number> {
  const startedAt = performance.now();
  expectDone(await victim.holdfast(args, options));
  return performance.now() - startedAt;
}

/** Starts a command and ends it without warning somewhere between its start and its end. */
export async function killSomewhere(
  victim: Workspace,
  args: readonly string[],
  { random }: Round,
  durationMs: number,
  options?: HoldfastOptions,
): Promise<void> {
  const running = victim.startHoldfast(args, options);
  // Where something is written matters more than where the program loads.
  await Promise.race([sleep(durationMs * (0.2 + 0.85 * random())), running.finished]);
  running.signal('SIGKILL');
  await running.finished;
}

/**
 * Holdfast opens it and finds no damage; no lock of ours is left by then; restic finds no damage; and the last good
 * snapshot comes back, byte for byte.
 */
export async function expectSound(victim: Victim, password = victim.password): Promise<void> {
  await expectGoodSnapshot(victim, password);
  expectNoLock(victim);
  const { stdout } = expectDone(await victim.restic(['check'], { env: { RESTIC_PASSWORD: password } }));
  expect(stdout).toContain('no errors were found');
  expectNoLock(victim);
}

/** A temporary file that a killed save left is none: both programs pass over it. */
function expectNoLock({ repository }: Victim): void {
  expect(storedNames(repository, 'locks')).toEqual([]);
}

/** The same without restic's check. Holdfast and restic bring the snapshot back in turn. */
export async function expectGoodSnapshot(victim: Victim, password = victim.password): Promise<void> {
  await expectUndamaged(victim, password);
  const target = victim.path('restored-to-compare');
  rmSync(target, { recursive: true, force: true });
  const selections = [victim.good.snapshot];
  if (peerVersion('restic') === null || looks++ % 2 === 0) {
    const repository = { location: victim.repository, password };
    const client = await victim.looking();
    await resultOf(client.recovery.restore({ repository, selections, target, verify: false }));
  } else {
    const env = { RESTIC_PASSWORD: password };
    await victim.mustRestic(['restore', ...selections, '--target', target], { env });
  }
  expectGoodTree(victim, join(target, victim.source));
  rmSync(target, { recursive: true });
}

let looks = 0;

/** The last good snapshot is there, and Holdfast, which reads all of what is stored, finds no damage. */
export async function expectUndamaged(victim: Victim, password = victim.password): Promise<void> {
  const client = await victim.looking();
  const repository = { location: victim.repository, password };
  const { errors } = await resultOf(client.repository.check({ repository, readDataPercent: 100 }));
  expect(errors).toEqual([]);
  expect(storedNames(victim.repository, 'snapshots')).toContain(victim.good.snapshot);
}

export function expectGoodTree({ good }: Victim, folder: string): void {
  expect(diffTrees(good.tree, describe(folder), {})).toEqual([]);
}

/** Nothing in it has extended attributes. */
const describe = (folder: string): TreeDescription => describeTree(folder, { attributes: false });

type Event<Result> =
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'job' | 'progress' | 'issue' | 'notice' | 'planned' };

export async function resultOf<Result>(events: Promise<AsyncIterable<Event<Result>>>): Promise<Result> {
  for await (const event of await events) if (event.type === 'done') return event.result;
  throw new Error('The operation ended without a result.');
}
