/** A thread of repair: reads packs, takes blobs over into new ones wherever they come from, and seals index files. */
import { hash } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { serveEarly, type EndingWord } from '../../platform/lent-threads.ts';
import { BlobCodec, type RepositoryVersion } from '../blob-codec.ts';
import type { BlobType } from '../blob-index.ts';
import { gearTable } from '../chunker.ts';
import { takeFlightSlot } from '../delivery.ts';
import { encodeIndexEntry, encodeIndexPieces, type IndexedPack } from '../format/index-file.ts';
import { packEntries, unpackEntries } from '../format/packed-entries.ts';
import { listPack, openIndexFile } from '../index-loading.ts';
import { PackBuilder } from '../pack-builder.ts';
import { PackFiles } from '../pack-files.ts';
import { rangeLoader } from '../range-channel.ts';
import { sealPieces } from '../unpacked.ts';
import { cutFile } from './cut-file.ts';
import { judgePack } from './judge-pack.ts';
import type { RepairCalls, RepairMessage, RepairRequest, RepairSetup, SealedFile } from './protocol.ts';
import { readStretches, type Place } from './read-blobs.ts';

serveEarly((port, setup: RepairSetup) => new RepairSession(port, setup));

/** What it does for one repair. */
class RepairSession {
  readonly #port: MessagePort;
  readonly #setup: RepairSetup;
  readonly #places: readonly Place[];
  readonly #own: Place;
  readonly #version: RepositoryVersion;
  /** Apart from `#own.codec`: what that has opened lies in its memory while this one seals it. */
  readonly #sealing: BlobCodec;
  readonly #gear: ReturnType<typeof gearTable>;
  readonly #builders: Readonly<Record<BlobType, PackBuilder>>;
  /** One after the other: codecs and read buffers are shared by all requests. */
  #turn = Promise.resolve();
  #serving = 0;

  constructor(port: MessagePort, setup: RepairSetup) {
    this.#port = port;
    this.#setup = setup;
    this.#places = setup.places.map(({ key, version, localFolder, ranges }): Place => {
      const files = localFolder === null ? null : new PackFiles(localFolder);
      return { codec: new BlobCodec(key, version), files, load: rangeLoader(ranges) };
    });
    this.#own = this.#places[0] as Place;
    this.#version = setup.places[0]?.version ?? 2;
    this.#sealing = new BlobCodec((setup.places[0] as RepairSetup['places'][number]).key, this.#version);
    this.#gear = gearTable(setup.chunkerPolynomial);
    this.#builders = { data: this.#builderOf('data'), tree: this.#builderOf('tree') };
    port.on('message', (request: RepairRequest) => {
      this.#turn = this.#turn.then(() => this.#serve(request));
    });
  }

  end(): EndingWord {
    for (const { files } of this.#places) files?.close();
    for (const { ranges } of this.#setup.places) ranges.close();
    if (this.#serving > 0) return 'ends';
    this.#sealing.release();
    return 'rests';
  }

  async #serve(request: RepairRequest): Promise<void> {
    const { job } = request;
    this.#serving += 1;
    try {
      const answer = await this.#answerTo(request);
      this.#port.postMessage({ job, answer } satisfies RepairMessage);
    } catch (error) {
      const { code, message } = toHoldfastError(error);
      this.#port.postMessage({ job, error: { code, message } } satisfies RepairMessage);
    } finally {
      this.#serving -= 1;
    }
  }

  async #answerTo(request: RepairRequest): Promise<RepairCalls[RepairRequest['call']]['answer']> {
    switch (request.call) {
      case 'listIndex':
        return this.#listIndex(request.sealed);
      case 'judge':
        return judgePack(this.#own.codec, request.packId, await this.#wholePack(request), request.expected);
      case 'take':
        return this.#take(request);
      case 'give':
        return { taken: this.#give(request.type, request.id, Buffer.from(request.plain)) };
      case 'cut':
        return {
          found: await cutFile(this.#gear, request.path, request.wanted, (id, plain) => this.#give('data', id, plain)),
        };
      case 'flush':
        this.#builders.data.flush();
        this.#builders.tree.flush();
        return {};
      case 'without':
        return { file: this.#without(request) };
      case 'sealIndex':
        return { file: this.#seal(request.packs.map(({ id, entries }) => ({ id, blobs: unpackEntries(entries) }))) };
    }
  }

  #listIndex(sealed: Uint8Array): RepairCalls['listIndex']['answer'] {
    const { packs, refused } = this.#readIndex(sealed);
    return { intact: refused === 0, packs: packs.map(listPack) };
  }

  /** `refused` is null where the file is damaged. */
  #readIndex(sealed: Uint8Array): { readonly packs: readonly IndexedPack[]; readonly refused: number | null } {
    const packs: IndexedPack[] = [];
    const reading = openIndexFile(this.#own.codec, sealed);
    for (let next = reading.next(); ; next = reading.next()) {
      if (next.done === true) return { packs, refused: next.value };
      packs.push(next.value);
    }
  }

  async #wholePack({ packId, size }: RepairCalls['judge']['ask']): Promise<Buffer> {
    const local = this.#own.files?.readWhole(packId) ?? null;
    if (local !== null || size === 0) return local ?? Buffer.alloc(0);
    return this.#own.load(packId, { offset: 0, length: size, mayEndEarly: true });
  }

  async #take({ place, packId, entries }: RepairCalls['take']['ask']): Promise<RepairCalls['take']['answer']> {
    const from = this.#places[place] as Place;
    const failed: { type: BlobType; id: string }[] = [];
    await readStretches(from, packId, unpackEntries(entries), ({ type, id, uncompressedLength }, sealed) => {
      if (sealed === null || !this.#takeOver(from, type, id, sealed, uncompressedLength)) failed.push({ type, id });
    });
    return { failed };
  }

  /** What has our key is taken over as it lies there. */
  #takeOver(from: Place, type: BlobType, id: string, sealed: Buffer, uncompressedLength: number): boolean {
    if (from === this.#own) return this.#builders[type].addSealed(id, sealed, uncompressedLength) === null;
    const plain = from.codec.open(type, sealed, uncompressedLength);
    return typeof plain !== 'string' && this.#give(type, id, plain);
  }

  #give(type: BlobType, id: string, plain: Buffer): boolean {
    const digest = hash('sha256', plain, 'buffer');
    if (digest.toString('hex') !== id) return false;
    this.#builders[type].add(digest, plain);
    return true;
  }

  #without({ sealed, packs }: RepairCalls['without']['ask']): SealedFile | null {
    const going = new Set(packs);
    const listed = this.#readIndex(sealed);
    // Nothing that stood in it may get lost on the way.
    if (listed.refused !== 0) throw new Error('an index file no longer holds what it held a moment ago');
    const staying = listed.packs.filter(({ id }) => !going.has(id));
    return staying.length === 0 ? null : this.#seal(staying);
  }

  #seal(packs: readonly IndexedPack[]): SealedFile {
    const entries = packs.values().map(({ id, blobs }) => encodeIndexEntry(id, blobs));
    const data = sealPieces(this.#sealing, this.#version, encodeIndexPieces(entries));
    return { id: hash('sha256', data, 'hex'), data };
  }

  #builderOf(type: BlobType): PackBuilder {
    return new PackBuilder(this.#sealing, type, 1, {
      deliver: ({ id, data }, blobs) => {
        takeFlightSlot(this.#setup.packsInFlight, () => undefined, Atomics.load(this.#setup.packsInFlight, 1));
        const owned = data as Uint8Array<ArrayBuffer>;
        this.#port.postMessage({ pack: { id, data: owned, entries: packEntries(blobs) } } satisfies RepairMessage, [
          owned.buffer,
        ]);
      },
      reclaim: () => undefined,
      // It is transferred to the main thread and does not come back.
      allocate: (bytes) => Buffer.allocUnsafeSlow(bytes),
    });
  }
}
