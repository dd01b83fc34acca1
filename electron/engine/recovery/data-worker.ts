/** A thread that brings files back: reads packs, decodes, writes, gives metadata and name, and reads back what it wrote. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { serveLent, type EndingWord } from '../platform/lent-threads.ts';
import { libc } from '../platform/libc.ts';
import { fsPath, type RawPath } from '../platform/raw-path.ts';
import { Throttle } from '../platform/throttle.ts';
import { BlobCodec, describeFault } from '../repository/blob-codec.ts';
import { BlobIndex } from '../repository/blob-index.ts';
import { endingWith } from '../repository/lent-ending.ts';
import { PackFiles } from '../repository/pack-files.ts';
import { rangeLoader } from '../repository/range-channel.ts';
import { rescueFrom } from '../repository/rescue.ts';
import { keepAside } from './aside.ts';
import { ContentComparer, isBlank, sparseFromBytes, writeBlob } from './file-content.ts';
import {
  beginLarge,
  failed,
  moveInPlace,
  mustBeFree,
  openFresh,
  removeQuietly,
  temporaryOf,
  type Draft,
} from './draft.ts';
import { applyToFile } from './metadata.ts';
import { openBegun } from './temporary-file.ts';
import { locate, planStretches, type Stretch, type WantedBlob } from './pack-fetch.ts';
import type { DataReply, DataRequest, DataWorkerData, FileOutcome, FileTask } from './restore-protocol.ts';

const stretchesAhead = 3;

serveLent((data: DataWorkerData) => {
  const restoring = new Restoring(data);
  return () => restoring.end();
});

type Place = { readonly draft: Draft; readonly position: number };

type PartBlob = { readonly id: Buffer; readonly length: number; positions: number[] };

type Lost = { readonly id: Buffer; readonly error: HoldfastError };

/** What it does for one restore. */
class Restoring {
  readonly #codec: BlobCodec;
  readonly #index: BlobIndex;
  readonly #loadRange: ReturnType<typeof rangeLoader>;
  readonly #rangePort: MessagePort;
  readonly #client: MessagePort;
  readonly #files: PackFiles | null;
  readonly #comparer: ContentComparer;
  readonly #throttle: Throttle | null;
  readonly #bytesDone: BigInt64Array;
  readonly #verify: boolean;
  #answering = 0;

  constructor(data: DataWorkerData) {
    this.#codec = new BlobCodec(data.key, data.version);
    this.#index = BlobIndex.attach(data.index);
    this.#rangePort = data.rangePort;
    this.#loadRange = rangeLoader(data.rangePort);
    this.#client = data.client;
    this.#files = data.localFolder === null ? null : new PackFiles(data.localFolder);
    this.#comparer = new ContentComparer(this.#index);
    this.#throttle = Throttle.attach(data.throttle);
    this.#bytesDone = data.bytesDone;
    this.#verify = data.verify;
    data.client.on('message', (request: DataRequest) => void this.#serve(request));
  }

  async #serve(request: DataRequest): Promise<void> {
    this.#answering += 1;
    const reply = await this.#answer(request);
    this.#answering -= 1;
    this.#client.postMessage({ job: request.job, ...reply } satisfies DataReply);
  }

  end(): EndingWord {
    this.#client.close();
    this.#rangePort.close();
    this.#files?.close();
    return this.#answering > 0 ? 'ends' : endingWith(this.#index, this.#codec);
  }

  async #answer(request: DataRequest): Promise<Omit<DataReply, 'job'>> {
    if (this.#throttle === null) return this.#answerAtOnce(request);
    const before = process.threadCpuUsage();
    const reply = await this.#answerAtOnce(request);
    const { user, system } = process.threadCpuUsage(before);
    this.#throttle.rest(user + system, nothingMeanwhile);
    return reply;
  }

  async #answerAtOnce(request: DataRequest): Promise<Omit<DataReply, 'job'>> {
    try {
      switch (request.type) {
        case 'files':
          return { outcomes: await this.#restoreFiles(request.files), resumed: false, mark: '' };
        case 'begin':
          return { outcomes: [], ...beginLarge(request.file, request.size) };
        case 'part':
          return { outcomes: [await this.#restorePart(request)], resumed: false, mark: '' };
        case 'finish':
          return { outcomes: [this.#finishLarge(request)], resumed: false, mark: '' };
      }
    } catch (error) {
      return { outcomes: [failed(error)], resumed: false, mark: '' };
    }
  }

  async #restoreFiles(tasks: readonly FileTask[]): Promise<readonly FileOutcome[]> {
    const drafts: Draft[] = [];
    const places = new Map<string, Place[]>();
    const wanted: WantedBlob[] = [];
    for (const task of tasks) {
      const draft = this.#openDraft(task);
      drafts.push(draft);
      if (draft.outcome !== null) continue;
      let position = 0;
      for (let at = 0; at < task.content.length; at += 32) {
        const id = Buffer.from(task.content.buffer, task.content.byteOffset + at, 32);
        const name = id.toString('latin1');
        const known = places.get(name);
        if (known === undefined) {
          places.set(name, [{ draft, position }]);
          wanted.push(locate(this.#index, id));
        } else known.push({ draft, position });
        position += this.#comparer.plainLength(id) ?? 0;
      }
    }
    await this.#decodeAll(wanted, (id, plain) => {
      for (const { draft, position } of places.get(id.toString('latin1')) ?? []) this.#place(draft, plain, position);
    });
    return drafts.map((stretch) => this.#finishDraft(stretch));
  }

  /** Decides about what is in the way, then opens the file under its temporary name. */
  #openDraft(task: FileTask): Draft {
    const temporary = temporaryOf(task);
    const size = this.#comparer.contentLength(task.content);
    const draft: Draft = { task, temporary, size: size ?? 0, descriptor: -1, isNamed: true, outcome: null };
    try {
      if (size === null)
        throw new HoldfastError('BLOB_MISSING', 'A piece of the file is in no this.#index of the repository.');
      draft.outcome = this.#compareExisting(task, size);
      if (draft.outcome !== null) return draft;
      openFresh(draft);
      // Whole pages of zeros are left out of larger blobs, at the end too.
      if (size >= sparseFromBytes) ftruncateSync(draft.descriptor, size);
    } catch (error) {
      draft.outcome = failed(error);
    }
    return draft;
  }

  /** Null where the file has to be written. */
  #compareExisting(task: FileTask, size: number): FileOutcome | null {
    if (task.existing !== 'compare-keep' && task.existing !== 'compare-replace') return null;
    const path = task.base + task.name;
    const descriptor = openSync(fsPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(descriptor);
      const same = stats.isFile() && stats.size === size && this.#comparer.matchesAll(descriptor, task.content);
      if (!same) return task.existing === 'compare-keep' ? { outcome: 'kept' } : null;
      const notes = task.existing === 'compare-replace' ? applyToFile(descriptor, task.metadata) : [];
      return { outcome: 'unchanged', bytes: size, notes };
    } finally {
      closeSync(descriptor);
    }
  }

  #place(draft: Draft, plain: Buffer | HoldfastError, position: number): void {
    if (draft.outcome !== null) return;
    try {
      if (plain instanceof HoldfastError) throw plain;
      this.#throttle?.pace('write', plain.length, nothingMeanwhile);
      writeBlob(draft.descriptor, plain, position, true);
      Atomics.add(this.#bytesDone, 0, BigInt(plain.length));
    } catch (error) {
      draft.outcome = failed(error);
    }
  }

  #finishDraft(draft: Draft): FileOutcome {
    const { task, descriptor, temporary, size } = draft;
    if (descriptor < 0) return draft.outcome ?? failed(new Error('the file was not opened'));
    try {
      if (draft.outcome !== null) {
        if (draft.isNamed) removeQuietly(temporary);
        return draft.outcome;
      }
      if (this.#verify && !this.#comparer.matchesAll(descriptor, task.content)) throw this.#misread(task.content);
      return this.#settle(task, descriptor, draft.isNamed ? temporary : null, size);
    } catch (error) {
      if (draft.isNamed) removeQuietly(temporary);
      return failed(error);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Metadata, then the name. Until here nobody can take the file for a restored one. */
  #settle(task: FileTask, descriptor: number, temporary: RawPath | null, size: number): FileOutcome {
    const notes = applyToFile(descriptor, task.metadata);
    const path = task.base + task.name;
    if (temporary === null) libc?.linkDescriptor(descriptor, path);
    else {
      if (task.aside !== null) keepAside(task.base, task.name, task.aside);
      moveInPlace(temporary, path, mustBeFree(task));
    }
    return { outcome: 'written', bytes: size, verified: this.#verify, notes };
  }

  /** What read back wrong was wrong in the repository already, or went wrong on the way to the disk. */
  #misread(content: Uint8Array): HoldfastError {
    for (let at = 0; at < content.length; at += 32) {
      const wanted = locate(this.#index, Buffer.from(content.buffer, content.byteOffset + at, 32));
      const { pack, offset, length, uncompressedLength } = wanted.location;
      const sealed = this.#files?.read(this.#index.packId(pack), offset, length) ?? null;
      if (sealed === null) continue;
      const plain = this.#codec.openVerified('data', wanted.id.toString('hex'), sealed, uncompressedLength);
      if (typeof plain === 'string') return this.#damaged(pack, wanted.id, describeFault(plain));
    }
    return new HoldfastError('VERIFY_FAILED', 'What was written does not read back as the snapshot has it.');
  }

  #damaged(pack: number, id: Buffer, fault: string): HoldfastError {
    const where = `in pack ${this.#index.packId(pack).slice(0, 8)}`;
    return new HoldfastError(
      'BLOB_DAMAGED',
      `The piece of data ${id.toString('hex', 0, 4)} ${where} is damaged: ${fault}.`,
    );
  }

  async #restorePart(request: Extract<DataRequest, { type: 'part' }>): Promise<FileOutcome> {
    const descriptor = openBegun(temporaryOf(request.file), request.mark);
    try {
      const blobs = this.#partBlobs(request);
      const bytes = [...blobs.values()].reduce((sum, { length, positions }) => sum + length * positions.length, 0);
      if (request.resumed) this.#keepMissing(blobs, descriptor);
      let fault: HoldfastError | null = null;
      await this.#decodeAll(
        [...blobs.values()].map(({ id }) => locate(this.#index, id)),
        (id, plain) => {
          const { positions = [] } = blobs.get(id.toString('latin1')) ?? {};
          if (plain instanceof HoldfastError) fault ??= plain;
          else {
            // A fresh file has its full length, and nothing but holes.
            this.#throttle?.pace('write', plain.length, nothingMeanwhile);
            const stays = !request.resumed && positions.length > 1 && isBlank(plain);
            for (const at of stays ? [] : positions) writeBlob(descriptor, plain, at, !request.resumed);
            Atomics.add(this.#bytesDone, 0, BigInt(plain.length * positions.length));
          }
        },
      );
      if (fault !== null) throw fault;
      for (const { id, length, positions } of this.#verify ? blobs.values() : []) {
        if (positions.every((at) => this.#comparer.matches(descriptor, id, length, at))) continue;
        throw this.#misread(id);
      }
      return { outcome: 'written', bytes, verified: this.#verify, notes: [] };
    } finally {
      closeSync(descriptor);
    }
  }

  /** The distinct blobs of a part, and where in the file each belongs. */
  #partBlobs({ file, offset }: Extract<DataRequest, { type: 'part' }>): Map<string, PartBlob> {
    const blobs = new Map<string, PartBlob>();
    let position = offset;
    for (let at = 0; at < file.content.length; at += 32) {
      const id = Buffer.from(file.content.buffer, file.content.byteOffset + at, 32);
      const name = id.toString('latin1');
      const length = this.#comparer.plainLength(id) ?? 0;
      const known = blobs.get(name);
      if (known === undefined) blobs.set(name, { id, length, positions: [position] });
      else known.positions.push(position);
      position += length;
    }
    return blobs;
  }

  /** Leaves out what an interrupted run has written already. */
  #keepMissing(blobs: Map<string, PartBlob>, descriptor: number): void {
    for (const [name, blob] of blobs) {
      blob.positions = blob.positions.filter((at) => !this.#comparer.matches(descriptor, blob.id, blob.length, at));
      if (blob.positions.length === 0) blobs.delete(name);
    }
  }

  #finishLarge({ file, size, mark }: Extract<DataRequest, { type: 'finish' }>): FileOutcome {
    const temporary = temporaryOf(file);
    const descriptor = openBegun(temporary, mark);
    try {
      return this.#settle(file, descriptor, temporary, size);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Hands every blob to `take`, decoded, in any order: once each, or the reason why it cannot be had. */
  async #decodeAll(
    wanted: readonly WantedBlob[],
    take: (id: Buffer, plain: Buffer | HoldfastError) => void,
  ): Promise<void> {
    const stretches: Stretch[] = [];
    for (const stretch of planStretches(wanted)) {
      this.#throttle?.pace('read', stretch.length, nothingMeanwhile);
      const data = this.#files?.read(this.#index.packId(stretch.pack), stretch.offset, stretch.length) ?? null;
      if (data === null) stretches.push(stretch);
      else {
        // What comes from elsewhere is taken last: meanwhile the memory of this stretch would be filled with another.
        const lost: Lost[] = [];
        for (const { id, location } of stretch.blobs) {
          const plain = this.#decode(stretch, data, id, location);
          if (plain instanceof HoldfastError) lost.push({ id, error: plain });
          else take(id, plain);
        }
        for (const { id, error } of lost) take(id, await this.#rescued(id, error));
      }
    }
    const loading = stretches.slice(0, stretchesAhead).map((stretch) => this.#load(stretch));
    for (const [position, stretch] of stretches.entries()) {
      const data = await loading.shift();
      const ahead = stretches[position + stretchesAhead];
      if (ahead !== undefined) loading.push(this.#load(ahead));
      const lost = data instanceof Buffer ? null : (data ?? new HoldfastError('INTERNAL', 'The pack was not read.'));
      for (const { id, location } of stretch.blobs) {
        const plain = lost ?? this.#decode(stretch, data as Buffer, id, location);
        take(id, plain instanceof HoldfastError ? await this.#rescued(id, plain) : plain);
      }
    }
  }

  /** A piece that cannot be read comes from elsewhere, where somebody has it; else the error stays. */
  async #rescued(id: Buffer, error: HoldfastError): Promise<Buffer | HoldfastError> {
    try {
      return await rescueFrom(this.#loadRange.rescue, { type: 'data', id: id.toString('hex') }, error);
    } catch (stays) {
      return toHoldfastError(stays);
    }
  }

  async #load(stretch: Stretch): Promise<Buffer | HoldfastError> {
    try {
      return await this.#loadRange(this.#index.packId(stretch.pack), {
        offset: stretch.offset,
        length: stretch.length,
        mayEndEarly: true,
      });
    } catch (error) {
      return toHoldfastError(error);
    }
  }

  #decode(
    stretch: Stretch,
    data: Buffer,
    id: Buffer,
    { offset, length, uncompressedLength }: WantedBlob['location'],
  ): Buffer | HoldfastError {
    const start = offset - stretch.offset;
    if (start + length > data.length) return this.#damaged(stretch.pack, id, 'the pack ends before it');
    const sealed = data.subarray(start, start + length);
    // What is read back afterwards is compared with the hashes; without that, the hash is compared here.
    const plain = this.#verify
      ? this.#codec.open('data', sealed, uncompressedLength)
      : this.#codec.openVerified('data', id.toString('hex'), sealed, uncompressedLength);
    return typeof plain === 'string' ? this.#damaged(stretch.pack, id, describeFault(plain)) : plain;
  }
}

function nothingMeanwhile(): void {}
