/** Two repositories with different keys, and copying from one to the other. */
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Backend, FileType } from '../../electron/engine/repository/backend/backend.ts';
import { withFaults, type FaultPlan } from '../../electron/engine/repository/backend/faults.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { copySnapshots } from '../../electron/engine/repository/copy/copy-snapshots.ts';
import type {
  CopyProgress,
  CopyRequest,
  CopyResult,
  SnapshotOutcome,
} from '../../electron/engine/repository/copy/request.ts';
import { openRepository } from '../../electron/engine/repository/repository.ts';
import { makeLocalPlace, type LocalPlace } from './local-place.ts';
import { addTree, fileNode, folderNode } from './restic-nodes.ts';
import { createRepository, type ResticRepository } from './restic-repository.ts';
import { damageIn, storedNames, upkeepPassword } from './upkeep-repository.ts';

type Version = 1 | 2;
export type Wrap = (backend: Backend) => Backend;

export type Pair = AsyncDisposable & {
  readonly place: LocalPlace;
  readonly from: ResticRepository;
  readonly to: ResticRepository;
  /** Where what is known of snapshot files is kept. */
  readonly memory: string;
};

export async function makePair(versions: { readonly from?: Version; readonly to?: Version } = {}): Promise<Pair> {
  const place = await makeLocalPlace();
  const make = (name: string, version: Version): ResticRepository =>
    createRepository(join(place.root, name), { version, password: upkeepPassword, scrypt: { N: 1024, r: 8, p: 1 } });
  return {
    place,
    from: make('from', versions.from ?? 2),
    to: make('to', versions.to ?? 2),
    memory: join(place.root, 'memory'),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

export type Copied = CopyResult & { readonly notices: readonly string[]; readonly settled: readonly SnapshotOutcome[] };

export type CopyOptions = Partial<Omit<CopyRequest, 'from' | 'to'>> & {
  readonly wrapFrom?: Wrap;
  readonly wrapTo?: Wrap;
};

/** All snapshots of `from`, unless others are named. */
export async function copyPair({ from, to }: Pair, options: CopyOptions = {}): Promise<Copied> {
  const { wrapFrom = same, wrapTo = same, ...given } = options;
  const notices: string[] = [];
  const settled: SnapshotOutcome[] = [];
  const source = await openRepository(wrapFrom(new LocalBackend(from.location)), upkeepPassword);
  const result = await copySnapshots({
    from: source,
    to: await openRepository(wrapTo(new LocalBackend(to.location)), upkeepPassword),
    snapshots: storedNames(from.location, 'snapshots'),
    signal: new AbortController().signal,
    onProgress: expectPossible(),
    onSnapshot: (outcome) => settled.push(outcome),
    onNotice: (text) => notices.push(text),
    ...given,
  });
  return { ...result, notices, settled };
}

const same: Wrap = (backend) => backend;

/** Numbers only grow, and none is more than there can be. */
function expectPossible(): (progress: CopyProgress) => void {
  let before: CopyProgress | null = null;
  return (progress) => {
    expect(progress.doneSnapshots).toBeLessThanOrEqual(progress.totalSnapshots);
    for (const [name, figure] of Object.entries(progress.figures))
      expect(figure, name).toBeGreaterThanOrEqual(before?.figures[name as keyof CopyProgress['figures']] ?? 0);
    before = progress;
  };
}

/** The outcome of each snapshot, by its id at the source. */
export function stateOf({ outcomes }: CopyResult, id: string): string | undefined {
  return outcomes.find((outcome) => outcome.id === id)?.state;
}

/** There is no damage at the target, and nobody has left a lock. */
export async function expectSound({ from, to }: Pair): Promise<void> {
  expect(await damageIn(to.location)).toEqual([]);
  for (const { location } of [from, to]) expect(storedNames(location, 'locks')).toEqual([]);
}

/** A snapshot of one folder with these files in it, and folders of files. */
export type Scene = { readonly [name: string]: string | Buffer | Scene };

export function addScene(repository: ResticRepository, scene: Scene): string {
  const names = Object.keys(scene).toSorted();
  return addTree(
    repository,
    names.map((name) => {
      const entry = scene[name] ?? '';
      if (typeof entry === 'string' || Buffer.isBuffer(entry)) return fileNode(repository, name, entry);
      return folderNode(name, addScene(repository, entry));
    }),
  );
}

/** A minute after the other, as one source. */
export function takeScene(repository: ResticRepository, minute: number, scene: Scene, fields: object = {}): string {
  return repository.writeSnapshot(addScene(repository, scene), { time: minuteOf(minute), ...fields });
}

export function minuteOf(minute: number): string {
  return new Date(Date.UTC(2025, 0, 1, 0, minute)).toISOString();
}

type Call = `${'load' | 'save' | 'list' | 'remove'} ${FileType}`;
export type Counted = {
  /** How often each was called since the last reset. */
  readonly calls: ReadonlyMap<Call, number>;
  readonly all: () => number;
  readonly reset: () => void;
  readonly wrap: Wrap;
};

/** Counts what is asked of a place; threads cannot read around it. */
export function countingCalls(): Counted {
  const calls = new Map<Call, number>();
  const count = (call: Call): void => void calls.set(call, (calls.get(call) ?? 0) + 1);
  const plan: FaultPlan = {
    before: (call) => count(call.operation === 'list' ? `list ${call.type}` : `${call.operation} ${call.handle.type}`),
  };
  return {
    calls,
    all: () => [...calls.values()].reduce((sum, times) => sum + times, 0),
    reset: () => calls.clear(),
    wrap: (backend) => withFaults(backend, plan),
  };
}
