import type { EndingWord } from '../platform/lent-threads.ts';
import type { BlobCodec } from './blob-codec.ts';
import type { BlobIndex } from './blob-index.ts';

/** 5 MB of the table. */
const largeBlobs = 100_000;

/** Of a lent thread that will use them no longer: an index that it has seen stays in memory for as long as it rests. */
export function endingWith(index: BlobIndex, codec: BlobCodec): EndingWord {
  codec.release();
  return index.blobCount > largeBlobs ? 'ends' : 'rests';
}
