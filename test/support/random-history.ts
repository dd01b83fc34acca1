/** A source with a random past, in a repository and as a model: what the catalog says is held against the model. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../electron/engine/catalog/catalog.ts';
import { openFile } from '../../electron/engine/catalog/sqlite.ts';
import type { BatchBuilder } from '../../electron/engine/catalog/version-batch.ts';
import { bringUpToDate, type UpdateResult } from '../../electron/engine/indexing/bring-up-to-date.ts';
import { SnapshotWalk } from '../../electron/engine/indexing/snapshot-walk.ts';
import { displayRaw, rawFromUtf8 } from '../../electron/engine/platform/raw-path.ts';
import { LocalBackend } from '../../electron/engine/repository/backend/local.ts';
import { goQuote } from '../../electron/engine/repository/format/go-quote.ts';
import { ReadPool } from '../../electron/engine/repository/read-pool.ts';
import { openRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import type { Caller } from '../../shared/contract/common.ts';
import { addTree, folderNode, linkNode, type Fields } from './restic-nodes.ts';
import { createRepository, type ResticRepository } from './restic-repository.ts';

const password = 'correct horse battery staple';

/** A file as a string of what makes its version, a link as `-> target`, or a folder. */
type Model = Map<string, string | Model>;
type Taken = { readonly id: string; readonly timeMs: number; readonly paths: ReadonlyMap<string, string> };

export class RandomHistory {
  readonly #random: () => number;
  readonly #repository: ResticRepository;
  readonly #location: string;
  #model: Model = new Map();
  #snapshots: Taken[] = [];
  #day = 0;

  constructor(location: string, seed: number) {
    this.#location = location;
    this.#random = mulberry32(seed);
    this.#repository = createRepository(location, { scrypt: { N: 1024, r: 8, p: 1 } });
  }

  /** A number from 0 to below the limit. */
  pick(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  get count(): number {
    return this.#snapshots.length;
  }

  /** Changes the source here and there, and takes a snapshot: mostly now, sometimes one that lay elsewhere for long. */
  takeSnapshot(): void {
    for (let changes = this.pick(6); changes > 0; changes--) this.#change(this.#model, 0);
    this.#day += 1;
    const day = this.pick(4) === 0 ? this.#day - 1.5 - this.pick(5) : this.#day;
    const timeMs = Date.UTC(2025, 0, 100) + day * 86_400_000 + this.pick(1000);
    const data = folderNode('data', this.#store(this.#model));
    const id = this.#repository.writeSnapshot(addTree(this.#repository, [data]), {
      time: new Date(timeMs).toISOString(),
      hostname: 'elsewhere',
    });
    const paths = new Map([['/data', 'dir'], ...describe(this.#model, '/data')]);
    this.#snapshots.push({ id, timeMs, paths });
    this.#snapshots.sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1));
  }

  /** As often the newest or the oldest as any other: they are what nothing lies beyond. */
  forgetSnapshot(): void {
    const at = [0, this.#snapshots.length - 1, this.pick(this.#snapshots.length)][this.pick(3)] ?? 0;
    const [gone] = this.#snapshots.splice(at, 1);
    if (gone !== undefined) rmSync(join(this.#location, 'snapshots', gone.id));
  }

  async open(): Promise<Repository> {
    return openRepository(new LocalBackend(this.#location), password);
  }

  /** What the catalog must say of each path and snapshot, as lines. */
  expected(): string[] {
    return this.#snapshots.flatMap(({ id, paths }) => [...paths].map(([path, what]) => `${id} ${path} ${what}`)).sort();
  }

  /** The versions of each path: from which snapshot to which it was the same. */
  expectedVersions(): Map<string, string[]> {
    const all = new Set(this.#snapshots.flatMap(({ paths }) => [...paths.keys()]));
    const versions = new Map<string, string[]>();
    for (const path of all) {
      const runs: string[] = [];
      let from: { id: string; what: string } | null = null;
      let before = '';
      for (const { id, paths } of this.#snapshots) {
        const what = paths.get(path) ?? null;
        if (from !== null && what !== from.what) {
          runs.push(`${from.id} ${before} ${from.what}`);
          from = null;
        }
        if (what !== null) from ??= { id, what };
        before = id;
      }
      if (from !== null) runs.push(`${from.id} ${before} ${from.what}`);
      versions.set(path, runs.toReversed());
    }
    return versions;
  }

  #change(folder: Model, depth: number): void {
    const names = [...folder.keys()];
    const name = names[this.pick(names.length + 3)] ?? hostileNames[this.pick(hostileNames.length)] ?? 'x';
    const below = folder.get(name);
    if (below instanceof Map && this.pick(4) !== 0) {
      this.#change(below, depth + 1);
      return;
    }
    const what = this.pick(7);
    if (what === 0) folder.delete(name);
    else if (what <= 2 && depth < 4) folder.set(name, this.#newFolder(depth));
    else if (what === 3) folder.set(name, `-> target ${this.pick(3)}`);
    else folder.set(name, `content ${this.pick(3)}`);
  }

  #newFolder(depth: number): Model {
    const folder: Model = new Map();
    for (let entries = this.pick(4); entries > 0; entries--) this.#change(folder, depth + 1);
    return folder;
  }

  #store(folder: Model): string {
    const nodes = [...folder].map(([name, what]): readonly [string, Fields] => {
      const quoted = goQuote(name);
      if (what instanceof Map) return [name, folderNode(quoted, this.#store(what))];
      if (what.startsWith('->')) return [name, linkNode(quoted, what.slice(3))];
      // Of a size of its own; no data is stored, for none is read.
      const content = createHash('sha256').update(what).digest('hex');
      const size = Number(what.at(-1)) + 1;
      return [name, { ...fileFields, name: quoted, size, content: [content] }];
    });
    return addTree(
      this.#repository,
      nodes.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node),
    );
  }
}

const time = '2024-05-06T07:08:09.123456789Z';
const fileFields = {
  type: 'file',
  mode: 0o644,
  mtime: time,
  atime: time,
  ctime: time,
  uid: 0,
  gid: 0,
  inode: 1,
  links: 1,
};

/** Names that something or other takes for its own language. */
const hostileNames = [
  'plain',
  'Plain',
  'a',
  '..hidden',
  `it's`,
  '"quoted"',
  '100%',
  '_underscore_',
  'a*b?c[d]',
  'NOT (x OR y) AND "z',
  'name: colon^*',
  '-dash',
  '\\x41',
  '\\',
  'line\nbreak',
  'tab\tand \x01',
  rawFromUtf8('été'),
  rawFromUtf8('e\u0301te\u0301'),
  rawFromUtf8('ΟΔΟΣ'),
  rawFromUtf8('\u{1f600}'),
  '\xff\xfe',
  'half \xc3',
  'x'.repeat(4096),
];

function describe(folder: Model, path: string): [string, string][] {
  return [...folder].flatMap(([name, what]): [string, string][] => {
    const below = `${path}/${name}`;
    if (what instanceof Map) return [[below, 'dir'], ...describe(what, below)];
    return [[below, what.startsWith('->') ? `symlink ${digest(what.slice(3))}` : `file ${digest(what)}`]];
  });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

export async function update(catalog: Catalog, repository: Repository, caller: Caller): Promise<UpdateResult> {
  return bringUpToDate({
    catalog,
    repository,
    caller,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: ({ path, message }) => {
      throw new Error(`${displayRaw(path)}: ${message}`);
    },
    onNotice: () => undefined,
  });
}

/** Takes a snapshot in up to somewhere, as a process that was killed there would leave it. */
export async function updateHalf(
  catalog: Catalog,
  repository: Repository,
  caller: Caller,
  share: number,
): Promise<void> {
  const { id } = repository.config;
  const job = await catalog.write('versions.begin', caller, { repository: id });
  if (job === null) return;
  const pool = await ReadPool.open(repository, { threads: 1 });
  try {
    const builders: ReturnType<BatchBuilder['take']>['batch'][] = [];
    const walk = new SnapshotWalk(
      pool.reader,
      { own: job.tree, previous: job.previous?.tree ?? null, next: job.next?.tree ?? null },
      {
        onBatch: async (builder) => {
          builders.push(builder.take().batch);
        },
        onEntries: () => undefined,
        onIssue: (path, error) => {
          throw new Error(path, { cause: error });
        },
      },
    );
    await walk.run(new AbortController().signal);
    for (const batch of builders) {
      const part = { ...batch, count: Math.floor(batch.count * share), released: [] };
      await catalog.write('versions.apply', caller, { job: job.job, batch: part });
    }
  } finally {
    await pool.close();
  }
}

/** All that the catalog says each snapshot holds. */
export async function searchEverything(catalog: Catalog, repository: string, caller: Caller): Promise<string[]> {
  const lines: string[] = [];
  const known = await catalog.read('snapshots.list', caller, { repository });
  for (const { snapshot } of known) {
    for (let after: number | null = 0; after !== null;) {
      const input = { repository, pattern: '*', snapshot, limit: 7, after };
      const page: Awaited<ReturnType<typeof catalog.read<'search.find'>>> = await catalog.read(
        'search.find',
        caller,
        input,
      );
      for (const { path } of page.found) lines.push(`${snapshot} ${path}`);
      after = page.cursor;
    }
  }
  return lines.sort();
}

export async function versionsOf(
  catalog: Catalog,
  repository: string,
  caller: Caller,
  path: string,
): Promise<string[]> {
  const found = await catalog.read('versions.ofPath', caller, { repository, path, limit: 1000 });
  return found.map(
    ({ first, last, type, digest: content }) =>
      `${first.snapshot} ${last.snapshot} ${type}${content === null ? '' : ` ${content.slice(0, 8)}`}`,
  );
}

/** What must hold of the rows whatever happened: no intervals overlap, no path is left without a version. */
export function faultsOf(file: string): string[] {
  const db = openFile(file, { readonly: false });
  try {
    const queries = {
      'overlapping intervals':
        'SELECT count(*) FROM versions a JOIN versions b ON a.path = b.path AND a.first < b.first AND a.last >= b.first',
      'inverted intervals': 'SELECT count(*) FROM versions WHERE first > last',
      'neighbours that should be one': `SELECT count(*) FROM versions a JOIN versions b ON a.path = b.path AND b.first > a.last
           AND a.type = b.type AND a.size = b.size AND a.mtime = b.mtime AND a.digest IS b.digest
         JOIN paths ON paths.id = a.path
         WHERE NOT EXISTS (SELECT 1 FROM snapshots WHERE source = paths.source AND state = 'indexed' AND position > a.last AND position < b.first)`,
      'versions of no path': 'SELECT count(*) FROM versions WHERE path NOT IN (SELECT id FROM paths)',
      'paths without a version': `SELECT count(*) FROM paths AS leaf WHERE parent > 0 AND NOT EXISTS (SELECT 1 FROM versions WHERE path = leaf.id)
           AND NOT EXISTS (SELECT 1 FROM paths WHERE parent = leaf.id)`,
      'paths in no folder': 'SELECT count(*) FROM paths WHERE parent > 0 AND parent NOT IN (SELECT id FROM paths)',
      'names in no index': `SELECT count(*) FROM paths WHERE name <> X'' AND id NOT IN (SELECT id FROM path_names_docsize)`,
      'names of no path': 'SELECT count(*) FROM path_names_docsize WHERE id NOT IN (SELECT id FROM paths)',
    };
    const faults = Object.entries(queries)
      .map(([name, query]) => [name, db.prepare(query).pluck().get() as number] as const)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`);
    db.exec("INSERT INTO path_names (path_names) VALUES ('integrity-check')");
    if (db.pragma('integrity_check', { simple: true }) !== 'ok') faults.push('the file is damaged');
    return faults;
  } finally {
    db.close();
  }
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
