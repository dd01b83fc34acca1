/** A repository with a known content, replicas of it under other keys, and damage of every kind. */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { joinRaw } from '../../electron/engine/platform/raw-path.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { ReadPool } from '../../electron/engine/repository/read-pool.ts';
import { openWithKept } from '../../electron/engine/repository/repair/mend-head.ts';
import { QuarantineFolder } from '../../electron/engine/repository/repair/quarantine.ts';
import {
  repairRepository,
  type RepairOutcome,
  type RepairRequest,
} from '../../electron/engine/repository/repair/repair.ts';
import { Safekeeping } from '../../electron/engine/repository/repair/safekeeping.ts';
import { openRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { loadSnapshots } from '../../electron/engine/repository/snapshots.ts';
import { noise } from './odd-tree.ts';
import { addTree, fileNode, folderNode } from './restic-nodes.ts';
import { createRepository, type ResticRepository } from './restic-repository.ts';
import type { Round } from './torture/rounds.ts';

export const scenePassword = 'correct horse battery staple';

/** Paths and the SHA-256 of what is in each file. */
type Content = ReadonlyMap<string, string>;
type Day = { readonly tree: string; readonly content: Content };

const days = 6;
const folders = 4;
const filesEach = 5;

/** The bytes of a file on a day: some change each day, some never. */
export function fileOn(day: number, folder: number, file: number): Buffer {
  const version = file === 0 ? day : file === 1 ? Math.floor(day / 2) : 0;
  return noise(700 + 900 * file, `${folder}/${file}/${version}`);
}

function takeDay(writer: ResticRepository, day: number): Day {
  const content = new Map<string, string>();
  const trees = Array.from({ length: folders }, (_, folder) => {
    const nodes = Array.from({ length: filesEach }, (_unused, file) => {
      const bytes = fileOn(day, folder, file);
      content.set(`/folder-${folder}/file-${file}`, sha256(bytes));
      const node = fileNode(writer, `file-${file}`, bytes);
      // So that there are many packs.
      writer.flush();
      return node;
    });
    return folderNode(`folder-${folder}`, addTree(writer, nodes));
  });
  return { tree: addTree(writer, trees), content };
}

export type RepairScene = {
  /** By day: the content of the snapshot that was taken then. */
  readonly contents: readonly Content[];
  readonly snapshots: readonly string[];
  readonly location: string;
  readonly kept: Safekeeping;
  readonly quarantine: string;
  replicas(names: readonly string[]): Promise<RepairRequest['replicas']>;
  open(): Promise<Repository>;
  repair(given?: Partial<RepairRequest>): Promise<RepairOutcome & { readonly notices: readonly string[] }>;
  /** As it was at first. */
  reset(): void;
};

/** Below a folder that is there. `replica-1` and `replica-2` are whole. */
export async function makeRepairScene(root: string): Promise<RepairScene> {
  const original = join(root, 'original');
  const location = join(root, 'repository');
  const writer = createRepository(original);
  const contents: Content[] = [];
  const snapshots: string[] = [];
  for (let day = 0; day < days; day++) {
    const { tree, content } = takeDay(writer, day);
    contents.push(content);
    snapshots.push(writer.writeSnapshot(tree, { time: timeOf(day) }));
  }
  for (const name of ['replica-1', 'replica-2']) {
    const replica = createRepository(join(root, name));
    for (const [day, original_] of snapshots.entries())
      replica.writeSnapshot(takeDay(replica, day).tree, { time: timeOf(day), original: original_ });
  }
  cpSync(original, location, { recursive: true });
  const open = () => openWithKept(new LocalBackend(location), scenePassword, new Safekeeping(join(root, 'kept')));
  const scene: RepairScene = {
    contents,
    snapshots,
    location,
    kept: new Safekeeping(join(root, 'kept')),
    quarantine: join(root, 'quarantine'),
    replicas: (names) =>
      Promise.all(
        names.map(async (name) => {
          return { name, repository: await openRepository(new LocalBackend(join(root, name)), scenePassword) };
        }),
      ),
    open,
    repair: async (given = {}) => {
      const notices: string[] = [];
      const outcome = await repairRepository({
        repository: given.repository ?? (await open()),
        replicas: [],
        kept: scene.kept,
        quarantine: new QuarantineFolder(join(root, 'quarantine')),
        suspects: null,
        bringBack: true,
        liveFile: () => null,
        dryRun: false,
        waitMs: 60_000,
        signal: new AbortController().signal,
        onProgress: () => undefined,
        onIssue: () => undefined,
        onNotice: (text) => notices.push(text),
        ...given,
      });
      return { ...outcome, notices };
    },
    reset: () => {
      for (const folder of [location, join(root, 'quarantine')]) rmSync(folder, { recursive: true, force: true });
      cpSync(original, location, { recursive: true });
    },
  };
  await scene.kept.keep(await scene.open());
  return scene;
}

function timeOf(day: number): string {
  return new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What every snapshot gives back, by its day; what cannot be read is left out, and named. */
export async function readAll(
  repository: Repository,
): Promise<ReadonlyMap<number, { readonly content: Map<string, string>; readonly lost: string[] }>> {
  const { snapshots } = await loadSnapshots(repository);
  const pool = await ReadPool.open(repository, { threads: 1 });
  const found = new Map<number, { content: Map<string, string>; lost: string[] }>();
  try {
    for (const { file, takenAtMs, source } of snapshots) {
      if (source !== '/data') continue;
      const day = { content: new Map<string, string>(), lost: [] as string[] };
      found.set(Math.round((takenAtMs - Date.UTC(2026, 0, 1)) / 86_400_000), day);
      await readTree(pool, file.tree, '/', day);
    }
    return found;
  } finally {
    await pool.close();
  }
}

async function readTree(
  pool: ReadPool,
  tree: string,
  path: string,
  day: { content: Map<string, string>; lost: string[] },
): Promise<void> {
  try {
    for await (const { nodes } of pool.tree(tree)) {
      for (const { name, content, subtree } of nodes) {
        const below = joinRaw(path, name);
        if (subtree !== null) await readTree(pool, subtree, below, day);
        if (content === null) continue;
        try {
          const parts: Buffer[] = [];
          for (const id of content) parts.push(await pool.reader.load('data', id));
          day.content.set(below, sha256(Buffer.concat(parts)));
        } catch {
          day.lost.push(below);
        }
      }
    }
  } catch {
    day.lost.push(path);
  }
}

/** Every snapshot is there, and gives back what was in it, byte by byte. */
export async function expectAllBack(scene: RepairScene): Promise<void> {
  const found = await readAll(await openRepository(new LocalBackend(scene.location), scenePassword));
  for (const [day, content] of scene.contents.entries()) {
    expect(found.get(day)?.lost, `day ${day}`).toEqual([]);
    expect(found.get(day)?.content, `day ${day}`).toEqual(content);
  }
}

export type Damage = 'flipped bit' | 'truncation' | 'zeros' | 'deletion';
const damages: readonly Damage[] = ['flipped bit', 'truncation', 'zeros', 'deletion'];
const damagedKinds = ['config', 'keys', 'index', 'snapshots', 'data'] as const;

/** Damages up to a fifth of the files at random; returns what it did, for whoever looks into a failure. */
export function damageAtRandom(location: string, round: Round): readonly string[] {
  const files = damagedKinds.flatMap((kind) => filesOf(location, kind));
  const count = 1 + round.below(Math.floor(files.length / 5));
  const chosen = files
    .map((file) => ({ file, at: round.random() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, count);
  return chosen.map(({ file }) => damageFile(join(location, file), round.pick(damages), round));
}

export function filesOf(location: string, kind: (typeof damagedKinds)[number]): readonly string[] {
  if (kind === 'config') return existsSync(join(location, kind)) ? [kind] : [];
  return readdirSync(join(location, kind), { recursive: true, encoding: 'utf8' })
    .map((name) => join(kind, name))
    .filter((name) => statSync(join(location, name)).isFile())
    .toSorted();
}

export function damageFile(file: string, kind: Damage, { below }: Pick<Round, 'below'>): string {
  const bytes = readFileSync(file);
  const at = below(bytes.length);
  chmodSync(file, 0o600);
  if (kind === 'deletion') rmSync(file);
  else if (kind === 'truncation') writeFileSync(file, bytes.subarray(0, at));
  else {
    if (kind === 'flipped bit') bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    else bytes.fill(0, at, Math.min(bytes.length, at + 16 + below(2000)));
    writeFileSync(file, bytes);
  }
  return `${kind} of ${file} at ${at}`;
}
