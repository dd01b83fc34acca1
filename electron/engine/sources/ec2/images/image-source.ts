/**
 * Completed snapshots in AWS as a source: each volume becomes an image in the repository, of which only blocks that have
 * changed since the last one are read.
 */
import type { EBSClient } from '@aws-sdk/client-ebs';
import { type HoldfastError, throwIfCancelled, toHoldfastError } from '../../../../../shared/model/errors.ts';
import { formatMadeFolder } from '../../../repository/format/made-node.ts';
import { StreamStore } from '../../../repository/stream-store.ts';
import { blockBytes, gibBytes } from '../../../aws/ebs/blocks.ts';
import type { CaptureContext, CaptureCounts, CapturedItem, CaptureResult, Source } from '../../source.ts';
import { copyVolume, folderOf, journalOf, planVolume, type CopiedVolume, type VolumePlan } from './copy-volume.ts';
import type { ImagedVolume } from './description.ts';
import { EarlierImages } from './earlier-images.ts';

export type ImageSourceOptions = {
  /** Of the region that the snapshots lie in. */
  readonly ebs: EBSClient;
  readonly volumes: readonly ImagedVolume[];
  /** What the snapshots in the repository are called by, and whose they are. */
  readonly source: string;
  readonly tenant: string;
  /** Read all of it, whatever an earlier image could be built on. */
  readonly whole: boolean;
  /** Where it is noted which blocks are stored, so that an interrupted run does not read them again. */
  readonly journals: string;
  readonly onImage: (image: ReadImage) => void;
};

export type ReadImage = {
  readonly path: string;
  readonly volume: string;
  readonly snapshot: string;
  readonly sizeBytes: number;
  readonly comparedWith: string | null;
  readonly readBlocks: number;
  readonly keptBlocks: number;
};

/** Of blocks that were read and are not stored yet. */
const roomBytes = 24 * 1024 * 1024;

export class ImageSource implements Source {
  readonly #options: ImageSourceOptions;

  constructor(options: ImageSourceOptions) {
    this.#options = options;
  }

  /** A volume that fails is named, and hides no other; where all do, no snapshot is taken. */
  async capture(context: CaptureContext): Promise<CaptureResult> {
    const { ports } = context.writer.connect();
    const store = new StreamStore(ports, { roomBytes });
    const failed = new AbortController();
    const signal = AbortSignal.any([context.signal, failed.signal]);
    try {
      return await context.writer.guard(this.#capture({ ...context, signal }, store));
    } catch (error) {
      failed.abort(error);
      throw error;
    } finally {
      store.close();
    }
  }

  async #capture(context: CaptureContext, store: StreamStore): Promise<CaptureResult> {
    const { source, tenant, whole, volumes } = this.#options;
    const earlier = whole ? null : new EarlierImages(context, { source, tenant });
    const attempt = new Attempt(context, volumes);
    for (const volume of volumes) {
      await attempt.of(volume, async () =>
        attempt.planned(await planVolume({ ...this.#options, context }, volume, earlier, this.#options.journals)),
      );
    }
    const nodes = new Map<string, string>();
    const copies: CopiedVolume[] = [];
    for (const plan of attempt.plans) {
      await attempt.of(plan.volume, async () => {
        const copied = await copyVolume({ ...this.#options, store, context }, plan, (bytes) =>
          attempt.read(bytes, plan),
        );
        nodes.set(plan.folder, formatMadeFolder(plan.folder, copied.tree));
        copies.push(copied);
        this.#options.onImage(readImageOf(plan, copied));
      });
    }
    attempt.refuseNone(copies);
    const names = [...nodes.keys()].toSorted();
    const tree = await store.tree(names.map((name) => nodes.get(name) ?? ''));
    const items = attempt.items(nodes);
    return { tree, counts: countsOf(copies), items, complete: items.every(({ complete }) => complete), threads: [] };
  }
}

/** Where a volume lies in the snapshot. */
export function imagePath(volume: ImagedVolume): string {
  return `/${folderOf(volume)}`;
}

/** Once the snapshot that holds them is stored, nothing of it has to be taken up again. */
export function forgetJournals(folder: string, repositoryId: string, volumes: readonly ImagedVolume[]): void {
  for (const { snapshot } of volumes) journalOf(folder, repositoryId, snapshot).remove();
}

/** How far it is, and what went wrong on the way. */
class Attempt {
  readonly plans: VolumePlan[] = [];
  readonly #context: CaptureContext;
  readonly #volumes: readonly ImagedVolume[];
  readonly #failures = new Map<ImagedVolume, HoldfastError>();
  #doneBytes = 0;

  constructor(context: CaptureContext, volumes: readonly ImagedVolume[]) {
    this.#context = context;
    this.#volumes = volumes;
  }

  async of(volume: ImagedVolume, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throwIfCancelled(this.#context.signal);
      const failure = toHoldfastError(error);
      this.#failures.set(volume, failure);
      this.#context.onIssue({ path: imagePath(volume), code: failure.code, message: failure.message });
    }
  }

  planned(plan: VolumePlan): void {
    this.plans.push(plan);
    // What need not be read is there already.
    const read = plan.changes.written.size - plan.kept.size;
    this.#doneBytes += plan.volume.sizeGib * gibBytes - read * blockBytes;
  }

  read(bytes: number, { folder }: VolumePlan): void {
    this.#doneBytes += bytes;
    const all = this.plans.reduce((sum, { volume }) => sum + volume.sizeGib * gibBytes, 0);
    this.#context.onProgress({
      doneItems: 0,
      doneBytes: this.#doneBytes,
      currentItem: folder,
      totals: { items: this.plans.length, bytes: all },
    });
  }

  refuseNone(copies: readonly CopiedVolume[]): void {
    const [first] = this.#failures.values();
    if (copies.length === 0 && first !== undefined) throw first;
  }

  items(stored: ReadonlyMap<string, string>): CapturedItem[] {
    return this.#volumes.map((volume) => {
      const folder = folderOf(volume);
      return { path: `/${folder}`, complete: stored.has(folder) && !this.#failures.has(volume) };
    });
  }
}

function readImageOf({ volume, folder, changes, kept }: VolumePlan, { bytes, readBlocks }: CopiedVolume): ReadImage {
  const { volume: id, snapshot } = volume;
  const about = { sizeBytes: bytes, comparedWith: changes.since, readBlocks, keptBlocks: kept.size };
  return { path: `/${folder}`, volume: id, snapshot, ...about };
}

/** The description beside the parts is new each time. */
function countsOf(copies: readonly CopiedVolume[]): CaptureCounts {
  const parts = copies.flatMap((copy) => copy.parts);
  const count = (fate: (typeof parts)[number]): number => parts.filter((one) => one === fate).length;
  const isNew = ({ parts: own }: CopiedVolume): boolean => own.every((one) => one === 'new');
  const fresh = copies.filter(isNew).length;
  return {
    files: {
      new: count('new') + fresh,
      changed: count('changed') + copies.length - fresh,
      unmodified: count('unmodified'),
    },
    folders: { new: fresh, changed: copies.length - fresh, unmodified: 0 },
    bytes: copies.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
