/** A thread that makes zstd contexts without a pause. */
import { threadData } from '../../electron/engine/platform/threads.ts';
import { Compressor, decompressUnpacked } from '../../electron/engine/repository/compression.ts';

threadData();
const frame = new Compressor().compress(Buffer.from('content'));
for (;;) {
  new Compressor().compress(frame);
  decompressUnpacked(frame, 100);
}
