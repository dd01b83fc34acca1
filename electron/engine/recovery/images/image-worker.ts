/** A thread that reads blocks of images: opens blobs, puts blocks together, and says what their checksum is. */
import { hash } from 'node:crypto';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { blockBytes } from '../../aws/ebs/blocks.ts';
import { threadData } from '../../platform/threads.ts';
import { BlobCodec, describeFault } from '../../repository/blob-codec.ts';
import { BlobIndex } from '../../repository/blob-index.ts';
import { PackFiles } from '../../repository/pack-files.ts';
import { rangeLoader } from '../../repository/range-channel.ts';
import { isBlank } from '../file-content.ts';
import { locate } from '../pack-fetch.ts';
import type { BlockAnswer, BlockReply, BlockRequest, ImageWorkerData } from './image-protocol.ts';

const { key, version, index: shared, rangePort, localFolder, client } = threadData() as ImageWorkerData;
const index = BlobIndex.attach(shared);
const codec = new BlobCodec(key, version);
const loadRange = rangeLoader(rangePort);
const files = localFolder === null ? null : new PackFiles(localFolder);
/** A blob of other files may belong to many blocks, which come one after the other. */
const keptBlobs = 4;
const kept = new Map<string, Buffer>();
/** What is opened stays valid until the next is. */
let turn: Promise<unknown> = Promise.resolve();

client.on('message', (request: BlockRequest) => {
  turn = turn.then(async () =>
    client.postMessage({ job: request.job, block: await answer(request) } satisfies BlockReply),
  );
});

async function answer({ stretches, into }: BlockRequest): Promise<BlockAnswer> {
  try {
    let filled = 0;
    let whole: Uint8Array | null = null;
    for (const { id, from, to } of stretches) {
      const blob = await load(id, to - from < blockBytes);
      into.set(blob.subarray(from, to), filled);
      filled += to - from;
      if (blob.length === blockBytes && filled === blockBytes && to - from === blockBytes) whole = id;
    }
    into.fill(0, filled);
    if (isBlank(Buffer.from(into.buffer, into.byteOffset, into.length))) return { hash: null };
    return { hash: whole ?? hash('sha256', into, 'buffer') };
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    return { error: { code, message } };
  }
}

/** Compared with its id, which is its SHA-256. Valid until the next call, unless it is kept. */
async function load(id: Uint8Array, isShared: boolean): Promise<Buffer> {
  const name = Buffer.from(id).toString('hex');
  const known = kept.get(name);
  if (known !== undefined) return known;
  const { location } = locate(index, Buffer.from(id));
  const { pack, offset, length, uncompressedLength } = location;
  const packId = index.packId(pack);
  const sealed =
    files?.read(packId, offset, length) ?? (await loadRange(packId, { offset, length, mayEndEarly: false }));
  const plain = codec.openVerified('data', name, sealed, uncompressedLength);
  if (typeof plain === 'string') {
    const text = `The piece of data ${name.slice(0, 8)} in pack ${packId.slice(0, 8)} is damaged: ${describeFault(plain)}.`;
    throw new HoldfastError('BLOB_DAMAGED', text);
  }
  return isShared ? keep(name, Buffer.from(plain)) : plain;
}

function keep(name: string, blob: Buffer): Buffer {
  kept.set(name, blob);
  const [oldest] = kept.keys();
  if (kept.size > keptBlobs && oldest !== undefined) kept.delete(oldest);
  return blob;
}
