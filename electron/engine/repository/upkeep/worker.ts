/** A thread of upkeep: marks what snapshots need, copies blobs into new packs, rewrites index files, reads pack headers. */
import type { MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { serveEarly, type EndingWord } from '../../platform/lent-threads.ts';
import { BlobCodec, type RepositoryVersion } from '../blob-codec.ts';
import { BlobIndex, type BlobType } from '../blob-index.ts';
import { takeFlightSlot } from '../delivery.ts';
import { endingWith } from '../lent-ending.ts';
import { PackBuilder } from '../pack-builder.ts';
import { PackFiles } from '../pack-files.ts';
import { rangeLoader } from '../range-channel.ts';
import { BlobSource } from './blob-source.ts';
import { copyBlobs, verifyBlobs } from './copy-blobs.ts';
import { indexCopies, loadIndex, readHeader, rewriteIndex, sealIndex } from './index-files.ts';
import { markTrees } from './mark-trees.ts';
import type { UpkeepMessage, UpkeepReply, UpkeepRequest, UpkeepSetup } from './protocol.ts';

serveEarly((port, setup: UpkeepSetup) => new UpkeepSession(port, setup));

type Answer = Extract<UpkeepReply, { answer: unknown }>['answer'];

/** What it does for one repository. */
class UpkeepSession {
  readonly #port: MessagePort;
  readonly #version: RepositoryVersion;
  readonly #codec: BlobCodec;
  readonly #index: BlobIndex;
  readonly #files: PackFiles | null;
  readonly #ranges: MessagePort;
  readonly #source: BlobSource;
  readonly #tools: Parameters<typeof markTrees>[0] & Parameters<typeof copyBlobs>[0];
  readonly #packsInFlight: Int32Array;
  #builders: Readonly<Record<BlobType, PackBuilder>>;
  /** One after the other: the codec and the read buffer are shared by all requests. */
  #turn = Promise.resolve();
  #serving = 0;

  constructor(
    port: MessagePort,
    { key, version, index: shared, used, localFolder, ranges, packsInFlight }: UpkeepSetup,
  ) {
    const codec = new BlobCodec(key, version);
    const index = BlobIndex.attach(shared);
    const files = localFolder === null ? null : new PackFiles(localFolder);
    const source = new BlobSource(index, codec, files, rangeLoader(ranges));
    this.#port = port;
    this.#version = version;
    this.#codec = codec;
    this.#index = index;
    this.#files = files;
    this.#ranges = ranges;
    this.#source = source;
    this.#tools = { index, codec, source, used };
    this.#packsInFlight = packsInFlight;
    this.#builders = { data: this.#builderOf('data'), tree: this.#builderOf('tree') };
    port.on('message', (request: UpkeepRequest) => {
      this.#turn = this.#turn.then(() => this.#serve(request));
    });
  }

  end(): EndingWord {
    this.#files?.close();
    this.#ranges.close();
    return this.#serving > 0 ? 'ends' : endingWith(this.#index, this.#codec);
  }

  async #serve(request: UpkeepRequest): Promise<void> {
    const { job } = request;
    this.#serving += 1;
    try {
      const answer = await this.#answerTo(request);
      const transfer = answer !== null && 'data' in answer ? [answer.data.buffer] : [];
      this.#port.postMessage({ job, answer } satisfies UpkeepMessage, transfer);
    } catch (error) {
      const { code, message } = toHoldfastError(error);
      this.#port.postMessage({ job, error: { code, message } } satisfies UpkeepMessage);
    } finally {
      this.#serving -= 1;
    }
  }

  async #answerTo(request: UpkeepRequest): Promise<Answer> {
    switch (request.call) {
      case 'loadIndex':
        return loadIndex(this.#index, this.#codec, request.sealed);
      case 'mark':
        return markTrees(this.#tools, request);
      case 'copy':
        return copyBlobs(this.#tools, this.#builders, request.entries);
      case 'flush':
        this.#builders.data.flush();
        this.#builders.tree.flush();
        return null;
      case 'discard':
        this.#builders = { data: this.#builderOf('data'), tree: this.#builderOf('tree') };
        return null;
      case 'verify':
        return verifyBlobs(this.#tools, request.entries);
      case 'rewriteIndex':
        return rewriteIndex(this.#codec, this.#version, request);
      case 'indexCopies':
        return indexCopies(this.#index, this.#codec, this.#version, request);
      case 'sealIndex':
        return sealIndex(this.#codec, this.#version, request.entries);
      case 'readHeader':
        return readHeader(this.#codec, this.#source, request);
    }
  }

  #builderOf(type: BlobType): PackBuilder {
    return new PackBuilder(this.#codec, type, 1, {
      deliver: ({ id, data }, blobs) => {
        takeFlightSlot(this.#packsInFlight, () => undefined, Atomics.load(this.#packsInFlight, 1));
        const entries = Int32Array.from(blobs, (blob) => this.#index.findHex(blob.type, blob.id));
        const owned = data as Uint8Array<ArrayBuffer>;
        const message: UpkeepMessage = { pack: { id, data: owned, entries } };
        this.#port.postMessage(message, [owned.buffer]);
      },
      reclaim: () => undefined,
      // It is transferred to the main thread and does not come back.
      allocate: (bytes) => Buffer.allocUnsafeSlow(bytes),
    });
  }
}
