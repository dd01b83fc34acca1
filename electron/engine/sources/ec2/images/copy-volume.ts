/** One volume, from a completed snapshot in AWS to an image in the repository. */
import { join } from 'node:path';
import type { EBSClient } from '@aws-sdk/client-ebs';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import { BlockJournal } from '../../../aws/ebs/block-journal.ts';
import { blockBytes, BlockSet, gibBytes, zeroBlockHash } from '../../../aws/ebs/blocks.ts';
import { fetchBlocks } from '../../../aws/ebs/fetch-blocks.ts';
import { formatMadeFile } from '../../../repository/format/made-node.ts';
import { hexIds, type StreamStore } from '../../../repository/stream-store.ts';
import type { CaptureContext } from '../../source.ts';
import { findChanges, type Changes } from './changes.ts';
import {
  descriptionName,
  hashOfBlocks,
  partBlocks,
  partName,
  partsOf,
  type ImagedVolume,
  type ImageDescription,
} from './description.ts';
import type { EarlierImages } from './earlier-images.ts';
import { ImageIds, isStored } from './image-ids.ts';

/** What has to be done, and what is known before. */
export type VolumePlan = {
  readonly volume: ImagedVolume;
  readonly folder: string;
  readonly changes: Changes;
  readonly ids: ImageIds;
  /** Blocks that an interrupted run of the same snapshot has stored. */
  readonly kept: BlockSet;
  readonly journal: BlockJournal;
};

export type CopiedVolume = {
  readonly tree: string;
  /** Of each part: whether anything in it is new, changed, or as it was. */
  readonly parts: readonly ('new' | 'changed' | 'unmodified')[];
  readonly bytes: number;
  readonly readBlocks: number;
};

type Node = { readonly name: string; readonly json: string };
type Tools = { readonly ebs: EBSClient; readonly store: StreamStore; readonly context: CaptureContext };

/** The list of its blocks has to fit into one folder of a snapshot: 140 MB for each TiB, and 2 GiB can be neither hashed nor sealed. */
const largestGib = 8192;

/** Null: all of it is read, whatever there is. */
export type Earlier = EarlierImages | null;

export function folderOf({ volume, snapshot }: ImagedVolume): string {
  // Of a copy AWS does not know the volume, and says the same of all.
  return volume === 'vol-ffffffff' ? snapshot : volume;
}

export function journalOf(folder: string, repositoryId: string, snapshot: string): BlockJournal {
  return new BlockJournal(join(folder, `${repositoryId.slice(0, 16)}-${snapshot}.blocks`));
}

export async function planVolume(
  { ebs, context }: Omit<Tools, 'store'>,
  volume: ImagedVolume,
  earlier: Earlier,
  journals: string,
): Promise<VolumePlan> {
  const { writer, repository, signal, onNotice } = context;
  const folder = folderOf(volume);
  if (volume.sizeGib > largestGib)
    throw new HoldfastError(
      'FILE_TOO_LARGE',
      `${volume.snapshot} has ${volume.sizeGib} GiB; images reach to ${largestGib} GiB.`,
    );
  const told = (why: string): void => onNotice(`All of ${volume.snapshot} is read. ${why}`);
  let ids = new ImageIds(volume.sizeGib);
  let image = await (earlier?.find(folder) ?? null);
  if (image !== null && !(await ids.takeOver(image, writer.index))) {
    told('The repository lacks a part of the earlier image, or it is of a larger volume.');
    [image, ids] = [null, new ImageIds(volume.sizeGib)];
  }
  const wanted = { ...volume, earlier: image?.description ?? null };
  const changes = await findChanges(ebs, wanted, told, signal);
  if (changes.since === null && image !== null) ids = new ImageIds(volume.sizeGib);
  const journal = journalOf(journals, repository.config.id, volume.snapshot);
  return { volume, folder, changes, ids, journal, kept: takeUp(journal, changes, ids, writer.index) };
}

/** What was noted counts only if the repository has it. */
function takeUp(
  journal: BlockJournal,
  { written }: Changes,
  ids: ImageIds,
  index: CaptureContext['writer']['index'],
): BlockSet {
  const kept = new BlockSet(ids.blocks);
  for (const { index: block, hash } of journal.read()) {
    if (!written.has(block) || !isStored(index, hash)) continue;
    ids.set(block, hash);
    kept.add(block);
  }
  return kept;
}

/** `onRead`: told of bytes as they come. */
export async function copyVolume(
  tools: Tools,
  plan: VolumePlan,
  onRead: (bytes: number) => void,
): Promise<CopiedVolume> {
  const { volume, changes, ids, journal, kept } = plan;
  const { store, context } = tools;
  const mtimeMs = Date.parse(volume.startedAt);
  const nodes: Node[] = [];
  const parts: CopiedVolume['parts'][number][] = [];
  using noted = journal;
  for (const [part, list] of ids.parts.entries()) {
    const [from, to] = [part * partBlocks, part * partBlocks + list.length / 32];
    for (let block = from; block < to; block++) if (changes.emptied.has(block)) ids.set(block, zeroBlockHash);
    const isWanted = (block: number): boolean => changes.written.has(block) && !kept.has(block);
    const wanted = { snapshot: volume.snapshot, since: changes.since, from, to, isWanted };
    // The id of a blob is the checksum that AWS gives: what came garbled is stored too, and belongs to nothing.
    const digest = async (bytes: Uint8Array): Promise<Buffer> => {
      await store.room(bytes.length);
      return Buffer.from((await store.blobs(bytes, blockBytes)).ids);
    };
    const taken = (block: number, hash: Buffer): void => {
      ids.set(block, hash);
      noted.note(block, hash);
      onRead(blockBytes);
    };
    await fetchBlocks(tools.ebs, wanted, { digest, taken }, context.signal);
    const size = to * blockBytes - from * blockBytes;
    const name = partName(part);
    nodes.push({ name, json: formatMadeFile({ name, size, mtimeMs, content: hexIds(list) }) });
    parts.push(fateOf(changes, from, to));
  }
  await storeZeros(store);
  nodes.push({ name: descriptionName, json: await storeDescription(store, plan, mtimeMs) });
  const sorted = nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const tree = await store.tree(sorted.map(({ json }) => json));
  return { tree, parts, bytes: volume.sizeGib * gibBytes, readBlocks: changes.written.size - kept.size };
}

function fateOf({ since, written, emptied }: Changes, from: number, to: number): CopiedVolume['parts'][number] {
  if (since === null) return 'new';
  return written.countIn(from, to) + emptied.countIn(from, to) === 0 ? 'unmodified' : 'changed';
}

/** All that was never written is this one. */
async function storeZeros(store: StreamStore): Promise<void> {
  await store.room(blockBytes);
  await store.blobs(new Uint8Array(blockBytes), blockBytes);
}

async function storeDescription(
  store: StreamStore,
  { volume, ids, changes }: VolumePlan,
  mtimeMs: number,
): Promise<string> {
  const description: ImageDescription = {
    format: 'holdfast-volume-image-1',
    ...volume,
    blockBytes,
    parts: [...partsOf(volume.sizeGib)],
    blocksSha256: hashOfBlocks(ids.parts),
    comparedWith: changes.since,
  };
  const json = new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`);
  await store.room(json.length);
  const { ids: content, size } = await store.blobs(json, json.length);
  return formatMadeFile({ name: descriptionName, size, mtimeMs, content: hexIds(content) });
}
