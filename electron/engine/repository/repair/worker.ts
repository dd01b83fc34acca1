/** A thread of repair: reads packs, takes blobs over into new ones wherever they come from, and seals index files. */
import { hash } from 'node:crypto';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { firstMessage, threadData } from '../../platform/threads.ts';
import { BlobCodec } from '../blob-codec.ts';
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

const port = parentPort as unknown as MessagePort;
threadData();
const setup = await firstMessage<RepairSetup>(port);
const places = setup.places.map(({ key, version, localFolder, ranges }): Place => {
  const files = localFolder === null ? null : new PackFiles(localFolder);
  return { codec: new BlobCodec(key, version), files, load: rangeLoader(ranges) };
});
const own = places[0] as Place;
const version = setup.places[0]?.version ?? 2;
/** Apart from `own.codec`: what that has opened lies in its memory while this one seals it. */
const sealing = new BlobCodec((setup.places[0] as RepairSetup['places'][number]).key, version);
const gear = gearTable(setup.chunkerPolynomial);
const builders: Readonly<Record<BlobType, PackBuilder>> = { data: builderOf('data'), tree: builderOf('tree') };

/** One after the other: codecs and read buffers are shared by all requests. */
let turn = Promise.resolve();
port.on('message', (request: RepairRequest) => {
  turn = turn.then(() => serve(request));
});

async function serve(request: RepairRequest): Promise<void> {
  const { job } = request;
  try {
    const answer = await answerTo(request);
    port.postMessage({ job, answer } satisfies RepairMessage);
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    port.postMessage({ job, error: { code, message } } satisfies RepairMessage);
  }
}

async function answerTo(request: RepairRequest): Promise<RepairCalls[RepairRequest['call']]['answer']> {
  switch (request.call) {
    case 'listIndex':
      return listIndex(request.sealed);
    case 'judge':
      return judgePack(own.codec, request.packId, await wholePack(request), request.expected);
    case 'take':
      return take(request);
    case 'give':
      return { taken: give(request.type, request.id, Buffer.from(request.plain)) };
    case 'cut':
      return { found: await cutFile(gear, request.path, request.wanted, (id, plain) => give('data', id, plain)) };
    case 'flush':
      builders.data.flush();
      builders.tree.flush();
      return {};
    case 'without':
      return { file: without(request) };
    case 'sealIndex':
      return { file: seal(request.packs.map(({ id, entries }) => ({ id, blobs: unpackEntries(entries) }))) };
  }
}

function listIndex(sealed: Uint8Array): RepairCalls['listIndex']['answer'] {
  const { packs, refused } = readIndex(sealed);
  return { intact: refused === 0, packs: packs.map(listPack) };
}

/** `refused` is null where the file is damaged. */
function readIndex(sealed: Uint8Array): { readonly packs: readonly IndexedPack[]; readonly refused: number | null } {
  const packs: IndexedPack[] = [];
  const reading = openIndexFile(own.codec, sealed);
  for (let next = reading.next(); ; next = reading.next()) {
    if (next.done === true) return { packs, refused: next.value };
    packs.push(next.value);
  }
}

async function wholePack({ packId, size }: RepairCalls['judge']['ask']): Promise<Buffer> {
  const local = own.files?.readWhole(packId) ?? null;
  if (local !== null || size === 0) return local ?? Buffer.alloc(0);
  return own.load(packId, { offset: 0, length: size, mayEndEarly: true });
}

async function take({ place, packId, entries }: RepairCalls['take']['ask']): Promise<RepairCalls['take']['answer']> {
  const from = places[place] as Place;
  const failed: { type: BlobType; id: string }[] = [];
  await readStretches(from, packId, unpackEntries(entries), ({ type, id, uncompressedLength }, sealed) => {
    if (sealed === null || !takeOver(from, type, id, sealed, uncompressedLength)) failed.push({ type, id });
  });
  return { failed };
}

/** What has our key is taken over as it lies there. */
function takeOver(from: Place, type: BlobType, id: string, sealed: Buffer, uncompressedLength: number): boolean {
  if (from === own) return builders[type].addSealed(id, sealed, uncompressedLength) === null;
  const plain = from.codec.open(type, sealed, uncompressedLength);
  return typeof plain !== 'string' && give(type, id, plain);
}

function give(type: BlobType, id: string, plain: Buffer): boolean {
  const digest = hash('sha256', plain, 'buffer');
  if (digest.toString('hex') !== id) return false;
  builders[type].add(digest, plain);
  return true;
}

function without({ sealed, packs }: RepairCalls['without']['ask']): SealedFile | null {
  const going = new Set(packs);
  const listed = readIndex(sealed);
  // Nothing that stood in it may get lost on the way.
  if (listed.refused !== 0) throw new Error('an index file no longer holds what it held a moment ago');
  const staying = listed.packs.filter(({ id }) => !going.has(id));
  return staying.length === 0 ? null : seal(staying);
}

function seal(packs: readonly IndexedPack[]): SealedFile {
  const entries = packs.values().map(({ id, blobs }) => encodeIndexEntry(id, blobs));
  const data = sealPieces(sealing, version, encodeIndexPieces(entries));
  return { id: hash('sha256', data, 'hex'), data };
}

function builderOf(type: BlobType): PackBuilder {
  return new PackBuilder(sealing, type, 1, {
    deliver: ({ id, data }, blobs) => {
      takeFlightSlot(setup.packsInFlight, () => undefined, Atomics.load(setup.packsInFlight, 1));
      const owned = data as Uint8Array<ArrayBuffer>;
      port.postMessage({ pack: { id, data: owned, entries: packEntries(blobs) } } satisfies RepairMessage, [
        owned.buffer,
      ]);
    },
    reclaim: () => undefined,
    // It is transferred to the main thread and does not come back.
    allocate: (bytes) => Buffer.allocUnsafeSlow(bytes),
  });
}
