/**
 * A folder that a standby owns: versions beside each other, and `current`, a link that leads to the newest whole one and is
 * moved in one step. What is under way lies in a folder of its own; a kill at any moment leaves `current` as it was, or new.
 */
import { constants } from 'node:fs';
import {
  access,
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { versionName, versionsToRemove, type StandbyPoint } from '../../../../shared/model/standby.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import { runPiped } from '../../platform/piped-process.ts';
import { removeTree } from './remove-tree.ts';

export const ownFolder = '.holdfast-standby';
export const currentName = 'current';

const markSchema = z.object({ version: z.literal(1), id: z.string(), name: z.string(), source: z.string() });
export type StandbyMark = Omit<z.infer<typeof markSchema>, 'version'>;

const versionSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9-]{1,80}$/),
  /** Names of the snapshot, there and where it was taken. */
  snapshot: z.string(),
  original: z.string(),
  takenAtMs: z.number(),
  /** Id of its tree. */
  tree: z.string(),
  /** Where in the version `current` leads: empty for all of it. */
  root: z.string(),
  /** Somebody has worked in it, and it was kept because of that. */
  changed: z.boolean(),
  /** Ids of trees by the paths of repositories; of folders there are none. */
  parts: z.record(z.string(), z.string()),
});
export type StandbyVersion = z.infer<typeof versionSchema>;

/** In the order in which they came; the last one is to be the current one. */
const bookSchema = z.object({ version: z.literal(1), versions: z.array(versionSchema) });
const sealSchema = z.object({ name: z.string(), sealedNs: z.string().regex(/^\d{1,30}$/) });

export class StandbyFolder {
  readonly path: string;
  #versions: readonly StandbyVersion[];

  /**
   * Takes it into possession, and makes it where it is not there. STANDBY_TARGET_TAKEN where something is in it, or it is
   * another standby's.
   */
  static async claim(path: string, mark: StandbyMark): Promise<void> {
    const known = await readMark(path);
    if (known !== null && known.id !== mark.id)
      throw new HoldfastError('STANDBY_TARGET_TAKEN', `${path} belongs to the standby ${known.name}.`);
    if (known !== null) return;
    const there = await readdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      if (error.code === 'ENOTDIR') throw new HoldfastError('TARGET_UNUSABLE', `${path} is not a folder.`);
      throw error;
    });
    // One that was killed while it took it into possession.
    if (there.some((name) => name !== ownFolder))
      throw new HoldfastError('STANDBY_TARGET_TAKEN', `There is something in ${path} that is no part of this standby.`);
    await makeFolders(path, 0o755);
    await access(path, constants.W_OK);
    await mkdir(join(path, ownFolder), { recursive: true, mode: 0o700 });
    await writeWhole(join(path, ownFolder, 'standby.json'), { version: 1, ...mark });
  }

  /** As far as it has come, with what a kill has left put right. STANDBY_TARGET_TAKEN where it is none of this standby. */
  static async open(path: string, mark: Pick<StandbyMark, 'id'>): Promise<StandbyFolder> {
    const known = await readMark(path);
    if (known?.id !== mark.id)
      throw new HoldfastError(
        'STANDBY_TARGET_TAKEN',
        known === null
          ? `${path} is not marked as this standby's: is its disk mounted?`
          : `${path} belongs to the standby ${known.name}.`,
      );
    const book = await readJson(join(path, ownFolder, 'book.json'), bookSchema);
    const folder = new StandbyFolder(path, book?.versions ?? []);
    await folder.#putRight();
    return folder;
  }

  private constructor(path: string, versions: readonly StandbyVersion[]) {
    this.path = path;
    this.#versions = versions;
  }

  /** Null where it shows nothing yet. */
  get current(): StandbyVersion | null {
    return this.#versions.at(-1) ?? null;
  }

  /** Those beside the current one, oldest first. */
  get kept(): readonly StandbyVersion[] {
    return this.#versions.slice(0, -1);
  }

  pathOf({ name }: Pick<StandbyVersion, 'name'>): string {
    return join(this.path, name);
  }

  /** See `Sealed`: zero where what the version holds was not looked at since it came. */
  async sealedNs(): Promise<bigint> {
    const seal = await readJson(join(this.path, ownFolder, 'seal.json'), sealSchema);
    return seal !== null && seal.name === this.current?.name ? BigInt(seal.sealedNs) : 0n;
  }

  /** The time of the file system, by which changes are recognised. */
  async clockNs(): Promise<bigint> {
    const probe = join(this.path, ownFolder, 'clock');
    await (await open(probe, 'w', 0o600)).close();
    await rm(probe);
    await (await open(probe, 'wx', 0o600)).close();
    return (await stat(probe, { bigint: true })).ctimeNs;
  }

  async seal(sealedNs: bigint): Promise<void> {
    const name = this.current?.name ?? '';
    await writeWhole(join(this.path, ownFolder, 'seal.json'), { name, sealedNs: String(sealedNs) });
  }

  /** Where a version grows: what an earlier try for the same content has left is there again, all else is gone. */
  async work(content: string): Promise<string> {
    const name = `work-${content.slice(0, 16)}`;
    for (const other of await readdir(join(this.path, ownFolder)))
      if (other.startsWith('work-') && other !== name) await removeTree(join(this.path, ownFolder, other));
    const folder = join(this.path, ownFolder, name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** Makes what has grown the current version, and gives its name. */
  async publish(
    work: string,
    version: Omit<StandbyVersion, 'name' | 'changed'>,
    signal: AbortSignal,
  ): Promise<StandbyVersion> {
    await chmod(work, 0o755);
    await settleOnDisk(work, signal);
    const published = { ...version, name: await this.#freeName(version), changed: false };
    // Noted first: what has its name and is not noted, nobody would know.
    await this.#write([...this.#versions, published]);
    await rename(work, this.pathOf(published));
    await this.#point(published);
    return published;
  }

  /** Lets go of versions beyond those that are kept. `changedName`: one that somebody has worked in, which stays. */
  async tidy(keep: number, changedName: string | null): Promise<void> {
    const { current } = this;
    if (current === null) return;
    const marked = this.#versions.map((one) => (one.name === changedName ? { ...one, changed: true } : one));
    const removed = versionsToRemove(marked, current.name, keep);
    if (removed.length === 0 && changedName === null) return;
    // Out of sight first: what is being removed is no version any more.
    for (const version of removed) await rename(this.pathOf(version), this.#goneOf(version));
    await this.#write(marked.filter((one) => !removed.includes(one)));
    for (const version of removed) await removeTree(this.#goneOf(version));
  }

  async #putRight(): Promise<void> {
    for (const left of await readdir(join(this.path, ownFolder))) {
      if (left.endsWith('.new')) await rm(join(this.path, ownFolder, left), { force: true });
      if (left.startsWith('gone-')) await removeTree(join(this.path, ownFolder, left));
    }
    // Noted, and had not got its name yet; or taken away already, or removed by somebody.
    const there: StandbyVersion[] = [];
    for (const version of this.#versions) if (await isFolder(this.pathOf(version))) there.push(version);
    if (there.length < this.#versions.length) await this.#write(there);
    const { current } = this;
    if (current === null) return;
    if ((await readlink(join(this.path, currentName)).catch(() => null)) !== linkTo(current))
      await this.#point(current);
  }

  #goneOf({ name }: StandbyVersion): string {
    return join(this.path, ownFolder, `gone-${name}`);
  }

  async #point(version: StandbyVersion): Promise<void> {
    const place = join(this.path, currentName);
    const found = await lstat(place).catch(() => null);
    if (found !== null && !found.isSymbolicLink())
      throw new HoldfastError('STANDBY_TARGET_TAKEN', `${place} is no link: somebody has put something in its place.`);
    const fresh = join(this.path, ownFolder, 'current.new');
    await rm(fresh, { force: true });
    await symlink(linkTo(version), fresh);
    await rename(fresh, place);
    await syncFolder(this.path);
  }

  async #freeName(point: StandbyPoint): Promise<string> {
    const name = versionName(point);
    for (let count = 1; ; count += 1) {
      const free = count === 1 ? name : `${name}-${count}`;
      if ((await lstat(join(this.path, free)).catch(() => null)) === null) return free;
    }
  }

  async #write(versions: readonly StandbyVersion[]): Promise<void> {
    await writeWhole(join(this.path, ownFolder, 'book.json'), { version: 1, versions });
    this.#versions = versions;
  }
}

/** Relative, so that it holds wherever the folder is mounted. */
function linkTo({ name, root }: StandbyVersion): string {
  return root === '' ? name : `${name}/${root}`;
}

async function readMark(path: string): Promise<StandbyMark | null> {
  return readJson(join(path, ownFolder, 'standby.json'), markSchema);
}

async function readJson<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema> | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new HoldfastError('TARGET_UNUSABLE', `${file} is damaged; remove the standby and add it at another place.`);
  }
}

async function writeWhole(file: string, value: object): Promise<void> {
  const fresh = `${file}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(value));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  await syncFolder(join(file, '..'));
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** All of it, before it gets its name: after a power cut a version is whole, or not there. */
async function settleOnDisk(path: string, signal: AbortSignal): Promise<void> {
  const { code, words } = await runPiped({
    argv: ['sync', '-f', path],
    cwd: '/',
    environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
    signal,
  });
  if (code !== 0) throw new HoldfastError('IO_ERROR', `The new version could not be written out: ${words.trim()}`);
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isDirectory() === true;
}
