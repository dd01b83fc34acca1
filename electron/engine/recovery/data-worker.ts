/** A thread that brings files back: reads packs, decodes, writes, gives metadata and name, and reads back what it wrote. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { isNoReplaceUnsupported, libc, O_TMPFILE } from '../platform/libc.ts';
import { fsPath, type RawPath } from '../platform/raw-path.ts';
import { threadData } from '../platform/threads.ts';
import { Throttle } from '../platform/throttle.ts';
import { BlobCodec, describeFault } from '../repository/blob-codec.ts';
import { BlobIndex } from '../repository/blob-index.ts';
import { PackFiles } from '../repository/pack-files.ts';
import { rangeLoader } from '../repository/range-channel.ts';
import { rescueFrom } from '../repository/rescue.ts';
import { keepAside } from './aside.ts';
import { ContentComparer, isBlank, sparseFromBytes, writeBlob } from './file-content.ts';
import { applyToFile } from './metadata.ts';
import { createTemporary, markOf, openBegun, openLeft } from './temporary-file.ts';
import { locate, planStretches, type Stretch, type WantedBlob } from './pack-fetch.ts';
import type { DataReply, DataRequest, DataWorkerData, FileOutcome, FileTask } from './restore-protocol.ts';

const {
  key,
  version,
  index: shared,
  rangePort,
  localFolder,
  client,
  verify,
  throttle: sharedThrottle,
  bytesDone,
} = threadData() as DataWorkerData;
const codec = new BlobCodec(key, version);
const index = BlobIndex.attach(shared);
const loadRange = rangeLoader(rangePort);
const files = localFolder === null ? null : new PackFiles(localFolder);
const comparer = new ContentComparer(index);
const throttle = Throttle.attach(sharedThrottle);
const stretchesAhead = 3;

client.on('message', (request: DataRequest) => {
  void answer(request).then((reply) => client.postMessage({ job: request.job, ...reply } satisfies DataReply));
});

async function answer(request: DataRequest): Promise<Omit<DataReply, 'job'>> {
  if (throttle === null) return answerAtOnce(request);
  const before = process.threadCpuUsage();
  const reply = await answerAtOnce(request);
  const { user, system } = process.threadCpuUsage(before);
  throttle.rest(user + system, nothingMeanwhile);
  return reply;
}

function nothingMeanwhile(): void {}

async function answerAtOnce(request: DataRequest): Promise<Omit<DataReply, 'job'>> {
  try {
    switch (request.type) {
      case 'files':
        return { outcomes: await restoreFiles(request.files), resumed: false, mark: '' };
      case 'begin':
        return { outcomes: [], ...beginLarge(request.file, request.size) };
      case 'part':
        return { outcomes: [await restorePart(request)], resumed: false, mark: '' };
      case 'finish':
        return { outcomes: [finishLarge(request)], resumed: false, mark: '' };
    }
  } catch (error) {
    return { outcomes: [failed(error)], resumed: false, mark: '' };
  }
}

/** A file of a batch while its blobs arrive. */
type Draft = {
  readonly task: FileTask;
  readonly temporary: RawPath;
  readonly size: number;
  descriptor: number;
  /** False while it is open without a name. */
  isNamed: boolean;
  outcome: FileOutcome | null;
};

type Place = { readonly draft: Draft; readonly position: number };

async function restoreFiles(tasks: readonly FileTask[]): Promise<readonly FileOutcome[]> {
  const drafts: Draft[] = [];
  const places = new Map<string, Place[]>();
  const wanted: WantedBlob[] = [];
  for (const task of tasks) {
    const draft = openDraft(task);
    drafts.push(draft);
    if (draft.outcome !== null) continue;
    let position = 0;
    for (let at = 0; at < task.content.length; at += 32) {
      const id = Buffer.from(task.content.buffer, task.content.byteOffset + at, 32);
      const name = id.toString('latin1');
      const known = places.get(name);
      if (known === undefined) {
        places.set(name, [{ draft, position }]);
        wanted.push(locate(index, id));
      } else known.push({ draft, position });
      position += comparer.plainLength(id) ?? 0;
    }
  }
  await decodeAll(wanted, (id, plain) => {
    for (const { draft, position } of places.get(id.toString('latin1')) ?? []) place(draft, plain, position);
  });
  return drafts.map(finishDraft);
}

/** Decides about what is in the way, then opens the file under its temporary name. */
function openDraft(task: FileTask): Draft {
  const temporary = temporaryOf(task);
  const size = comparer.contentLength(task.content);
  const draft: Draft = { task, temporary, size: size ?? 0, descriptor: -1, isNamed: true, outcome: null };
  try {
    if (size === null) throw new HoldfastError('BLOB_MISSING', 'A piece of the file is in no index of the repository.');
    draft.outcome = compareExisting(task, size);
    if (draft.outcome !== null) return draft;
    openFresh(draft);
    // Whole pages of zeros are left out of larger blobs, at the end too.
    if (size >= sparseFromBytes) ftruncateSync(draft.descriptor, size);
  } catch (error) {
    draft.outcome = failed(error);
  }
  return draft;
}

/** Without a name where that can be: then nothing is left behind when the run is killed, and it costs the disk least. */
function openFresh(draft: Draft): void {
  const { task, temporary } = draft;
  if (libc !== null && mustBeFree(task)) {
    try {
      draft.descriptor = openSync(fsPath(`${task.base}.`), constants.O_RDWR | O_TMPFILE, 0o600);
      draft.isNamed = false;
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EOPNOTSUPP' && code !== 'ENOTSUP' && code !== 'EISDIR' && code !== 'EINVAL') throw error;
    }
  }
  draft.descriptor = createTemporary(temporary);
}

/** Whether the name must not be taken by anything else when the file gets it. */
function mustBeFree({ existing }: FileTask): boolean {
  return existing === 'none' || existing === 'compare-keep';
}

/** Null where the file has to be written. */
function compareExisting(task: FileTask, size: number): FileOutcome | null {
  if (task.existing !== 'compare-keep' && task.existing !== 'compare-replace') return null;
  const path = task.base + task.name;
  const descriptor = openSync(fsPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    const same = stats.isFile() && stats.size === size && comparer.matchesAll(descriptor, task.content);
    if (!same) return task.existing === 'compare-keep' ? { outcome: 'kept' } : null;
    const notes = task.existing === 'compare-replace' ? applyToFile(descriptor, task.metadata) : [];
    return { outcome: 'unchanged', bytes: size, notes };
  } finally {
    closeSync(descriptor);
  }
}

function place(draft: Draft, plain: Buffer | HoldfastError, position: number): void {
  if (draft.outcome !== null) return;
  try {
    if (plain instanceof HoldfastError) throw plain;
    throttle?.pace('write', plain.length, nothingMeanwhile);
    writeBlob(draft.descriptor, plain, position, true);
    Atomics.add(bytesDone, 0, BigInt(plain.length));
  } catch (error) {
    draft.outcome = failed(error);
  }
}

function finishDraft(draft: Draft): FileOutcome {
  const { task, descriptor, temporary, size } = draft;
  if (descriptor < 0) return draft.outcome ?? failed(new Error('the file was not opened'));
  try {
    if (draft.outcome !== null) {
      if (draft.isNamed) removeQuietly(temporary);
      return draft.outcome;
    }
    if (verify && !comparer.matchesAll(descriptor, task.content)) throw misread(task.content);
    return settle(task, descriptor, draft.isNamed ? temporary : null, size);
  } catch (error) {
    if (draft.isNamed) removeQuietly(temporary);
    return failed(error);
  } finally {
    closeSync(descriptor);
  }
}

/** Metadata, then the name. Until here nobody can take the file for a restored one. */
function settle(task: FileTask, descriptor: number, temporary: RawPath | null, size: number): FileOutcome {
  const notes = applyToFile(descriptor, task.metadata);
  const path = task.base + task.name;
  if (temporary === null) libc?.linkDescriptor(descriptor, path);
  else {
    if (task.aside !== null) keepAside(task.base, task.name, task.aside);
    moveInPlace(temporary, path, mustBeFree(task));
  }
  return { outcome: 'written', bytes: size, verified: verify, notes };
}

/** What read back wrong was wrong in the repository already, or went wrong on the way to the disk. */
function misread(content: Uint8Array): HoldfastError {
  for (let at = 0; at < content.length; at += 32) {
    const wanted = locate(index, Buffer.from(content.buffer, content.byteOffset + at, 32));
    const { pack, offset, length, uncompressedLength } = wanted.location;
    const sealed = files?.read(index.packId(pack), offset, length) ?? null;
    if (sealed === null) continue;
    const plain = codec.openVerified('data', wanted.id.toString('hex'), sealed, uncompressedLength);
    if (typeof plain === 'string') return damaged(pack, wanted.id, describeFault(plain));
  }
  return new HoldfastError('VERIFY_FAILED', 'What was written does not read back as the snapshot has it.');
}

function damaged(pack: number, id: Buffer, fault: string): HoldfastError {
  const where = `in pack ${index.packId(pack).slice(0, 8)}`;
  return new HoldfastError(
    'BLOB_DAMAGED',
    `The piece of data ${id.toString('hex', 0, 4)} ${where} is damaged: ${fault}.`,
  );
}

function moveInPlace(from: RawPath, to: RawPath, isExclusive: boolean): void {
  if (isExclusive && libc !== null) {
    try {
      libc.renameNoReplace(from, to);
      return;
    } catch (error) {
      if (!isNoReplaceUnsupported(error)) throw error;
    }
  }
  renameSync(fsPath(from), fsPath(to));
}

function beginLarge(file: FileTask, size: number): { readonly resumed: boolean; readonly mark: string } {
  const temporary = temporaryOf(file);
  const left = openLeft(temporary);
  const resumed = left !== null;
  const descriptor = left ?? createTemporary(temporary);
  try {
    // At full length from the start: parts are written in any order, and what stays unwritten is a hole.
    ftruncateSync(descriptor, size);
    return { resumed, mark: markOf(fstatSync(descriptor)) };
  } finally {
    closeSync(descriptor);
  }
}

type PartBlob = { readonly id: Buffer; readonly length: number; positions: number[] };

async function restorePart(request: Extract<DataRequest, { type: 'part' }>): Promise<FileOutcome> {
  const descriptor = openBegun(temporaryOf(request.file), request.mark);
  try {
    const blobs = partBlobs(request);
    const bytes = [...blobs.values()].reduce((sum, { length, positions }) => sum + length * positions.length, 0);
    if (request.resumed) keepMissing(blobs, descriptor);
    let fault: HoldfastError | null = null;
    await decodeAll(
      [...blobs.values()].map(({ id }) => locate(index, id)),
      (id, plain) => {
        const { positions = [] } = blobs.get(id.toString('latin1')) ?? {};
        if (plain instanceof HoldfastError) fault ??= plain;
        else {
          // A fresh file has its full length, and nothing but holes.
          throttle?.pace('write', plain.length, nothingMeanwhile);
          const stays = !request.resumed && positions.length > 1 && isBlank(plain);
          for (const at of stays ? [] : positions) writeBlob(descriptor, plain, at, !request.resumed);
          Atomics.add(bytesDone, 0, BigInt(plain.length * positions.length));
        }
      },
    );
    if (fault !== null) throw fault;
    for (const { id, length, positions } of verify ? blobs.values() : []) {
      if (positions.every((at) => comparer.matches(descriptor, id, length, at))) continue;
      throw misread(id);
    }
    return { outcome: 'written', bytes, verified: verify, notes: [] };
  } finally {
    closeSync(descriptor);
  }
}

/** The distinct blobs of a part, and where in the file each belongs. */
function partBlobs({ file, offset }: Extract<DataRequest, { type: 'part' }>): Map<string, PartBlob> {
  const blobs = new Map<string, PartBlob>();
  let position = offset;
  for (let at = 0; at < file.content.length; at += 32) {
    const id = Buffer.from(file.content.buffer, file.content.byteOffset + at, 32);
    const name = id.toString('latin1');
    const length = comparer.plainLength(id) ?? 0;
    const known = blobs.get(name);
    if (known === undefined) blobs.set(name, { id, length, positions: [position] });
    else known.positions.push(position);
    position += length;
  }
  return blobs;
}

/** Leaves out what an interrupted run has written already. */
function keepMissing(blobs: Map<string, PartBlob>, descriptor: number): void {
  for (const [name, blob] of blobs) {
    blob.positions = blob.positions.filter((at) => !comparer.matches(descriptor, blob.id, blob.length, at));
    if (blob.positions.length === 0) blobs.delete(name);
  }
}

function finishLarge({ file, size, mark }: Extract<DataRequest, { type: 'finish' }>): FileOutcome {
  const temporary = temporaryOf(file);
  const descriptor = openBegun(temporary, mark);
  try {
    return settle(file, descriptor, temporary, size);
  } finally {
    closeSync(descriptor);
  }
}

/** Hands every blob to `take`, decoded, in any order: once each, or the reason why it cannot be had. */
async function decodeAll(
  wanted: readonly WantedBlob[],
  take: (id: Buffer, plain: Buffer | HoldfastError) => void,
): Promise<void> {
  const stretches: Stretch[] = [];
  for (const stretch of planStretches(wanted)) {
    throttle?.pace('read', stretch.length, nothingMeanwhile);
    const data = files?.read(index.packId(stretch.pack), stretch.offset, stretch.length) ?? null;
    if (data === null) stretches.push(stretch);
    else {
      // What comes from elsewhere is taken last: meanwhile the memory of this stretch would be filled with another.
      const lost: Lost[] = [];
      for (const { id, location } of stretch.blobs) {
        const plain = decode(stretch, data, id, location);
        if (plain instanceof HoldfastError) lost.push({ id, error: plain });
        else take(id, plain);
      }
      for (const { id, error } of lost) take(id, await rescued(id, error));
    }
  }
  const loading = stretches.slice(0, stretchesAhead).map(load);
  for (const [position, stretch] of stretches.entries()) {
    const data = await loading.shift();
    const ahead = stretches[position + stretchesAhead];
    if (ahead !== undefined) loading.push(load(ahead));
    const lost = data instanceof Buffer ? null : (data ?? new HoldfastError('INTERNAL', 'The pack was not read.'));
    for (const { id, location } of stretch.blobs) {
      const plain = lost ?? decode(stretch, data as Buffer, id, location);
      take(id, plain instanceof HoldfastError ? await rescued(id, plain) : plain);
    }
  }
}

type Lost = { readonly id: Buffer; readonly error: HoldfastError };

/** A piece that cannot be read comes from elsewhere, where somebody has it; else the error stays. */
async function rescued(id: Buffer, error: HoldfastError): Promise<Buffer | HoldfastError> {
  try {
    return await rescueFrom(loadRange.rescue, { type: 'data', id: id.toString('hex') }, error);
  } catch (stays) {
    return toHoldfastError(stays);
  }
}

async function load(stretch: Stretch): Promise<Buffer | HoldfastError> {
  try {
    return await loadRange(index.packId(stretch.pack), {
      offset: stretch.offset,
      length: stretch.length,
      mayEndEarly: true,
    });
  } catch (error) {
    return toHoldfastError(error);
  }
}

function decode(
  stretch: Stretch,
  data: Buffer,
  id: Buffer,
  { offset, length, uncompressedLength }: WantedBlob['location'],
): Buffer | HoldfastError {
  const start = offset - stretch.offset;
  if (start + length > data.length) return damaged(stretch.pack, id, 'the pack ends before it');
  const sealed = data.subarray(start, start + length);
  // What is read back afterwards is compared with the hashes; without that, the hash is compared here.
  const plain = verify
    ? codec.open('data', sealed, uncompressedLength)
    : codec.openVerified('data', id.toString('hex'), sealed, uncompressedLength);
  return typeof plain === 'string' ? damaged(stretch.pack, id, describeFault(plain)) : plain;
}

function temporaryOf({ base, temporaryName }: FileTask): RawPath {
  return base + temporaryName;
}

function removeQuietly(path: RawPath): void {
  try {
    unlinkSync(fsPath(path));
  } catch {
    // It was never made, or it is gone.
  }
}

function failed(error: unknown): FileOutcome {
  const { code, message } = toHoldfastError(error);
  return { outcome: 'failed', code: code satisfies ErrorCode, message: message.replace(/, [a-z]+ '.*'$/s, '') };
}
