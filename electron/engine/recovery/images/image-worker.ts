/** A thread that reads blocks of images: opens blobs, puts blocks together, and says what their checksum is. */
import { hash } from 'node:crypto';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { blockBytes } from '../../aws/ebs/blocks.ts';
import { threadData } from '../../platform/threads.ts';
import { BlobCodec } from '../../repository/blob-codec.ts';
import { BlobIndex } from '../../repository/blob-index.ts';
import { BlobReader } from '../../repository/blob-reader.ts';
import { rangeLoader } from '../../repository/range-channel.ts';
import { isBlank } from '../file-content.ts';
import type { BlockAnswer, BlockReply, BlockRequest, ImageWorkerData } from './image-protocol.ts';

const { key, version, index: shared, rangePort, client } = threadData() as ImageWorkerData;
const reader = new BlobReader(new BlobCodec(key, version), BlobIndex.attach(shared), rangeLoader(rangePort));

/** A blob of other files may belong to many blocks, which come one after the other. */
const keptBlobs = 4;
const kept = new Map<string, Buffer>();

client.on('message', (request: BlockRequest) => void serve(request));

async function serve({ job, stretches }: BlockRequest): Promise<void> {
  const block = await answer(stretches);
  const bytes = 'bytes' in block ? block.bytes : null;
  client.postMessage({ job, block } satisfies BlockReply, bytes === null ? [] : [bytes.buffer]);
}

async function answer(stretches: BlockRequest['stretches']): Promise<BlockAnswer> {
  try {
    const bytes = new Uint8Array(blockBytes);
    let filled = 0;
    for (const { id, from, to } of stretches) {
      bytes.set((await load(id)).subarray(from, to), filled);
      filled += to - from;
    }
    if (isBlank(Buffer.from(bytes.buffer))) return { bytes: null };
    const [first] = stretches;
    const isBlob = stretches.length === 1 && first !== undefined && isWhole(first);
    return { bytes, hash: isBlob ? first.id : hash('sha256', bytes, 'buffer') };
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    return { error: { code, message } };
  }
}

/** Compared with its id, which is its SHA-256. */
async function load(id: Uint8Array): Promise<Buffer> {
  const name = Buffer.from(id).toString('hex');
  const known = kept.get(name);
  if (known !== undefined) return known;
  const blob = Buffer.from(await reader.load('data', name));
  kept.set(name, blob);
  const [oldest] = kept.keys();
  if (kept.size > keptBlobs && oldest !== undefined) kept.delete(oldest);
  return blob;
}

function isWhole({ id, from, to }: BlockRequest['stretches'][number]): boolean {
  return from === 0 && to === blockBytes && kept.get(Buffer.from(id).toString('hex'))?.length === blockBytes;
}
