/** A thread that copies: looks into folders of the source, opens blobs there, and seals them under the key of the target. */
import type { MessagePort } from 'node:worker_threads';
import { hash } from 'node:crypto';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { serveEarly, type EndingWord } from '../../platform/lent-threads.ts';
import { BlobCodec } from '../blob-codec.ts';
import { BlobIndex, type BlobType } from '../blob-index.ts';
import { serveDelivery } from '../delivery.ts';
import { loadIndexFile } from '../index-loading.ts';
import { endingWith } from '../lent-ending.ts';
import { PackBuilder } from '../pack-builder.ts';
import { PackFiles } from '../pack-files.ts';
import { rangeLoader } from '../range-channel.ts';
import type { StoreSetup, StoreWorkerSetup } from '../store-protocol.ts';
import { BlobSource } from '../upkeep/blob-source.ts';
import { readBlobs } from '../upkeep/copy-blobs.ts';
import type { CopyFault } from '../upkeep/protocol.ts';
import type { CopyCalls, CopyThreadReply, CopyThreadRequest, SourceSetup } from './protocol.ts';
import { walkFolders, walkGiven, type WalkTools } from './walk-folders.ts';
import { standing } from './protocol.ts';

serveEarly((port, { setup, clients }: StoreWorkerSetup) => new CopySession(port, setup, clients[0] as MessagePort));

type Source = WalkTools & { readonly codec: BlobCodec; readonly close: () => void };
type Answer = CopyCalls[keyof CopyCalls]['answer'];

/** What it does for one copy. */
class CopySession {
  readonly #codec: BlobCodec;
  readonly #target: BlobIndex;
  readonly #client: MessagePort;
  readonly #builders: Readonly<Record<BlobType, PackBuilder>>;
  #source: Source | null = null;
  /** What is read into the thread's own memory is dealt with before anything else is read. */
  #turn = Promise.resolve();
  #serving = 0;

  constructor(port: MessagePort, setup: StoreSetup, client: MessagePort) {
    const codec = new BlobCodec(setup.key, setup.version);
    const target = BlobIndex.attach(setup.index);
    const packs = (): PackBuilder[] => [this.#builders.data, this.#builders.tree];
    const outlet = serveDelivery(port, setup, { codec, index: target, packs });
    this.#codec = codec;
    this.#target = target;
    this.#client = client;
    this.#builders = {
      data: new PackBuilder(codec, 'data', 1, outlet),
      tree: new PackBuilder(codec, 'tree', 1, outlet),
    };
    client.on('message', (request: CopyThreadRequest) => {
      if (this.#source === null || this.#source.isLocal) this.#turn = this.#turn.then(() => this.#serve(request));
      else void this.#serve(request);
    });
  }

  end(): EndingWord {
    this.#client.close();
    this.#source?.close();
    if (this.#serving > 0) return 'ends';
    const word = this.#source === null ? 'rests' : endingWith(this.#source.index, this.#source.codec);
    return word === 'ends' ? word : endingWith(this.#target, this.#codec);
  }

  async #serve(request: CopyThreadRequest): Promise<void> {
    const { job } = request;
    this.#serving += 1;
    try {
      this.#client.postMessage({ job, answer: await this.#answerTo(request) } satisfies CopyThreadReply);
    } catch (error) {
      const { code, message } = toHoldfastError(error);
      this.#client.postMessage({ job, error: { code, message } } satisfies CopyThreadReply);
    } finally {
      this.#serving -= 1;
    }
  }

  async #answerTo(request: CopyThreadRequest): Promise<Answer> {
    if (request.call === 'open') {
      this.#source = this.#openSource(request.ask);
      return null;
    }
    if (this.#source === null) throw new Error('nothing was opened to copy from');
    switch (request.call) {
      case 'loadIndex':
        return loadIndexFile(this.#source.index, this.#source.codec, request.ask.sealed) === 0;
      case 'walk':
        return walkFolders(this.#source, request.ask);
      case 'walkGiven':
        return walkGiven(this.#source, request.ask.folder, request.ask.plain);
      case 'move':
        return this.#moveBlobs(this.#source, request.ask.entries);
      case 'store':
        return this.#storeBlob(request.ask);
    }
  }

  #openSource({ key, version, index: shared, localFolder, ranges, standings, walked }: SourceSetup): Source {
    const index = BlobIndex.attach(shared);
    const sourceCodec = new BlobCodec(key, version);
    const files = localFolder === null ? null : new PackFiles(localFolder);
    return {
      index,
      target: this.#target,
      codec: sourceCodec,
      source: new BlobSource(index, sourceCodec, files, rangeLoader(ranges)),
      standings,
      walked,
      isLocal: files !== null,
      close: () => {
        files?.close();
        ranges.close();
      },
    };
  }

  async #moveBlobs(from: Source, entries: Int32Array): Promise<readonly CopyFault[]> {
    const faults = await readBlobs(from, entries, (type, id, sealed, uncompressedLength) =>
      this.#builders[type].addFrom(from.codec, id, sealed, uncompressedLength),
    );
    const damaged = new Set(faults.map(({ entry }) => entry));
    for (const entry of entries) {
      if (!damaged.has(entry)) Atomics.store(from.standings, entry, standing.sent);
    }
    return faults;
  }

  #storeBlob({ type, id, plain }: CopyCalls['store']['ask']): boolean {
    if (hash('sha256', plain, 'hex') !== id) return false;
    this.#builders[type].add(Buffer.from(id, 'hex'), plain);
    return true;
  }
}
