/** All versions in a snapshot of a bucket, key by key, oldest first: earlier ones lie beside what each key is now. */
import type { BlobReader } from '../../repository/blob-reader.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { pathOfKey } from './key-path.ts';
import { ParentFolder } from './parent-folder.ts';
import { storedObjects, type StoredObject } from './stored-objects.ts';

export type VersionsOfKey = {
  /** Its bytes, one character each. */
  readonly key: string;
  /** Oldest first; what the key is now, or the marker that it was deleted, is the last one. */
  readonly versions: readonly StoredObject[];
  /** Some are of the same second, which is all that S3 says: their order may be another. */
  readonly isOrderGuessed: boolean;
};

type Trees = { readonly present: string; readonly old: string };

/** Of keys that begin with `prefix`. BLOB_MISSING, BLOB_DAMAGED. */
export async function* storedVersions(
  reader: BlobReader,
  { present, old }: Trees,
  prefix: string,
  onBad: (name: RawPath) => void,
): AsyncGenerator<VersionsOfKey> {
  const earlier = new KeyFinder(reader, old);
  for await (const object of storedObjects(reader, present, prefix, onBad)) {
    const { key } = object;
    yield ordered(key, await earlier.versions(key), object);
  }
  const now = new KeyFinder(reader, present);
  let last: string | null = null;
  for await (const { key } of storedObjects(reader, old, prefix, onBad)) {
    if (key === last) continue;
    last = key;
    if (!(await now.has(key))) yield ordered(key, await earlier.versions(key), null);
  }
}

function ordered(key: string, old: readonly StoredObject[], present: StoredObject | null): VersionsOfKey {
  const versions = old.toSorted((a, b) => timeOf(a) - timeOf(b));
  if (present !== null) versions.push(present);
  const isOrderGuessed = versions.some((one, at) => {
    const next = versions[at + 1];
    return next !== undefined && timeOf(one) === timeOf(next) && next !== present;
  });
  return { key, versions, isOrderGuessed };
}

function timeOf({ record }: StoredObject): number {
  return record === null ? 0 : Date.parse(record.lastModified);
}

type Step = { readonly name: RawPath; readonly folder: ParentFolder | null };

/** Looks keys up that come in an order where neighbours share folders. */
export class KeyFinder {
  readonly #reader: BlobReader;
  readonly #tree: string;
  #way: Step[] = [];

  constructor(reader: BlobReader, tree: string) {
    this.#reader = reader;
    this.#tree = tree;
  }

  async has(key: string): Promise<boolean> {
    const { folders, name } = pathOfKey(key);
    const folder = await this.#folder(folders.map((step) => step.name));
    return (await folder?.find(name))?.node.type === 'file';
  }

  /** Whether there are longer keys that go on with a slash. */
  async hasBelow(key: string): Promise<boolean> {
    const names = pathOfKey(`${key}/`).folders.map((step) => step.name);
    const last = names.pop() ?? '';
    return (await (await this.#folder(names))?.find(last))?.node.type === 'dir';
  }

  /** Those that are not what the key is now, in no order. */
  async versions(key: string): Promise<readonly StoredObject[]> {
    const { folders, name } = pathOfKey(key);
    const folder = await this.#folder(folders.map((step) => step.name));
    const tree = (await folder?.find(`${name}%+`))?.node.subtree ?? null;
    if (tree === null) return [];
    const found: StoredObject[] = [];
    for await (const one of storedObjects(this.#reader, tree, '', () => undefined)) {
      // A longer key goes on in the same folder.
      if (one.key === '' && one.node.name.startsWith('%+v.')) found.push({ ...one, key });
    }
    return found;
  }

  async #folder(names: readonly RawPath[]): Promise<ParentFolder | null> {
    if (this.#way.length === 0) this.#way = [{ name: '', folder: await ParentFolder.open(this.#reader, this.#tree) }];
    let shared = 0;
    while (shared < names.length && this.#way[shared + 1]?.name === names[shared]) shared += 1;
    this.#way = this.#way.slice(0, shared + 1);
    for (const name of names.slice(shared)) {
      const above = this.#way.at(-1)?.folder ?? null;
      const subtree = (await above?.find(name))?.node.subtree ?? null;
      this.#way.push({ name, folder: await ParentFolder.open(this.#reader, subtree) });
    }
    return this.#way.at(-1)?.folder ?? null;
  }
}
