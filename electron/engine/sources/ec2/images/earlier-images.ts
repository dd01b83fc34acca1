/** The newest image of a volume that there is: also one that was taken by another machine, or before a run that missed it. */
import { BlobCodec } from '../../../repository/blob-codec.ts';
import { BlobReader } from '../../../repository/blob-reader.ts';
import { readFact } from '../../../repository/format/snapshot.ts';
import { listSnapshots } from '../../../repository/snapshots.ts';
import { loadTree } from '../../../repository/tree-lookup.ts';
import type { CaptureContext } from '../../source.ts';
import { readImage, type StoredImage } from './stored-image.ts';

const lookedInto = 16;

export class EarlierImages {
  readonly #reader: BlobReader;
  /** Newest first. */
  readonly #trees: Promise<readonly string[]>;

  constructor({ repository, writer }: CaptureContext, query: { readonly source: string; readonly tenant: string }) {
    const codec = new BlobCodec(repository.key, repository.config.version);
    const load: ConstructorParameters<typeof BlobReader>[2] = (name, range) =>
      repository.backend.load({ type: 'data', name }, range);
    this.#reader = new BlobReader(codec, writer.index, load);
    this.#trees = treesOf(repository, query);
    this.#trees.catch(() => undefined);
  }

  /** Null where there is none that can be read. */
  async find(folder: string): Promise<StoredImage | null> {
    for (const tree of await this.#trees) {
      const image = await this.#in(tree, folder).catch(() => null);
      if (image !== null) return image;
    }
    return null;
  }

  async #in(tree: string, folder: string): Promise<StoredImage | null> {
    for (const { nodes } of await loadTree(this.#reader, tree)) {
      const found = nodes.find(({ name, type }) => name === folder && type === 'dir')?.subtree ?? null;
      if (found !== null) return readImage(this.#reader, found);
    }
    return null;
  }
}

async function treesOf(
  repository: CaptureContext['repository'],
  { source, tenant }: { readonly source: string; readonly tenant: string },
): Promise<readonly string[]> {
  const { snapshots } = await listSnapshots(repository);
  const own = snapshots.filter(
    (one) => one.source === source && (readFact(one.file.tags, 'tenant') ?? tenant) === tenant,
  );
  return own
    .slice(-lookedInto)
    .toReversed()
    .map(({ file }) => file.tree);
}
