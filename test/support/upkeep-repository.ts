/** A small repository in which every kind of thing that prune has to tell apart lies in a known place. */
import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Issue } from '../../shared/contract/common.ts';
import type { CheckResult } from '../../shared/contract/repository.ts';
import type { Backend } from '../../electron/engine/repository/backend/backend.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { checkRepository } from '../../electron/engine/repository/check.ts';
import { openRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { repairIndex, type RepairIndexOutcome } from '../../electron/engine/repository/upkeep/repair-index.ts';
import type { PrunePlan } from '../../electron/engine/repository/upkeep/prune-report.ts';
import { pruneRepository, type PruneOutcome } from '../../electron/engine/repository/upkeep/prune.ts';
import type { PruneRequest } from '../../electron/engine/repository/upkeep/prune-request.ts';
import { createRepository, type ResticRepository } from './restic-repository.ts';

export const upkeepPassword = 'correct horse battery staple';

export type KnownRepository = {
  readonly location: string;
  readonly writer: ResticRepository;
  /** Names of packs. */
  readonly packs: Readonly<Record<'dead' | 'partly' | 'whole' | 'copies' | 'leftover' | 'trees' | 'deadTrees', string>>;
  readonly snapshot: string;
  /** Root of a snapshot that was forgotten; its tree still lies in `deadTrees`, its data in `dead` and `partly`. */
  readonly forgottenTree: string;
  readonly blobs: Readonly<Record<'inPartly' | 'copied', string>>;
};

const blobBytes = 3000;

/** In a folder that is empty or not there yet. */
export function makeKnownRepository(location: string): KnownRepository {
  const writer = createRepository(location, { password: upkeepPassword, scrypt: { N: 1024, r: 8, p: 1 } });
  const known = new Set<string>();
  const newPack = (): string => {
    writer.writeIndex();
    const name = storedNames(location, 'data').find((pack) => !known.has(pack)) ?? '';
    known.add(name);
    return name;
  };
  const fresh = (): string => writer.addBlob('data', randomBytes(blobBytes));
  const dead = [fresh(), fresh()];
  const deadPack = newPack();
  const inPartly = fresh();
  const forgotten = fresh();
  const partly = newPack();
  const shared = randomBytes(blobBytes);
  const copied = writer.addBlob('data', shared, { compressed: false });
  const other = fresh();
  const whole = newPack();
  writer.addBlob('data', shared, { compressed: false });
  fresh();
  const copies = newPack();
  const tree = writer.addBlob('tree', treeOf([inPartly, copied, other]));
  const trees = newPack();
  const forgottenTree = writer.addBlob('tree', treeOf([...dead, forgotten, inPartly]));
  const deadTrees = newPack();
  const leftover = writer.putRaw('data', randomBytes(500));
  const snapshot = writer.writeSnapshot(tree);
  const packs = { dead: deadPack, partly, whole, copies, leftover, trees, deadTrees };
  return { location, writer, packs, snapshot, forgottenTree, blobs: { inPartly, copied } };
}

/** A folder with one file of these blobs. */
export function treeOf(content: readonly string[]): string {
  const node = {
    name: 'file',
    type: 'file',
    mode: 0o644,
    mtime: '2024-01-01T00:00:00Z',
    atime: '2024-01-01T00:00:00Z',
    ctime: '2024-01-01T00:00:00Z',
    uid: 0,
    gid: 0,
    size: content.length * blobBytes,
    links: 1,
    content,
  };
  return `${JSON.stringify({ nodes: [node] })}\n`;
}

export function storedNames(location: string, type: 'data' | 'index' | 'snapshots' | 'locks'): readonly string[] {
  const names = readdirSync(join(location, type), { recursive: true, encoding: 'utf8' });
  return names.map((name) => name.replace(/^.*\//, '')).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

export type Pruned = {
  readonly outcome: PruneOutcome;
  readonly plan: PrunePlan;
  readonly issues: readonly Issue[];
  readonly notices: readonly string[];
};

/** Prunes everything that is not needed; `wrap` stands between prune and the disk. */
export async function prune(
  location: string,
  given: Partial<PruneRequest> & { readonly wrap?: (backend: Backend) => Backend } = {},
): Promise<Pruned> {
  const { wrap = (backend) => backend, ...request } = given;
  const issues: Issue[] = [];
  const notices: string[] = [];
  const outcome = await pruneRepository({
    open: () => openRepository(wrap(new LocalBackend(location)), upkeepPassword),
    dryRun: false,
    maxUnused: { bytes: 0 },
    maxRepackBytes: Infinity,
    waitMs: 0,
    signal: new AbortController().signal,
    onPlan: () => undefined,
    onProgress: () => undefined,
    onIssue: (issue) => issues.push(issue),
    onNotice: (text) => notices.push(text),
    ...request,
  });
  return { outcome, plan: outcome.plan, issues, notices };
}

/** What `check --read-data` finds: damage, not leftovers. */
export async function damageIn(location: string): Promise<readonly Issue[]> {
  return (await findingsIn(location)).errors;
}

/** Also what is only a hint. */
export async function findingsIn(location: string): Promise<CheckResult> {
  return checkRepository({
    repository: await openKnown(location),
    readDataPercent: 100,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: () => undefined,
    onNotice: () => undefined,
  });
}

export function openKnown(location: string): Promise<Repository> {
  return openRepository(new LocalBackend(location), upkeepPassword);
}

export async function repair(location: string): Promise<RepairIndexOutcome> {
  return repairIndex({
    repository: await openKnown(location),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: () => undefined,
  });
}

/** Which of the known packs are not there any more. */
export function goneFor({ packs }: KnownRepository, left: readonly string[]): readonly string[] {
  return Object.entries(packs)
    .filter(([, name]) => !left.includes(name))
    .map(([kind]) => kind);
}

export function packFile(location: string, name: string): string {
  return join(location, 'data', name.slice(0, 2), name);
}

export function flipByte(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  chmodSync(file, 0o600);
  writeFileSync(file, bytes);
}
