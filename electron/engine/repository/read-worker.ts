/** A thread for reading: fills the shared index, and checks whole packs. */
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { serveLent, type EndingWord } from '../platform/lent-threads.ts';
import { BlobCodec } from './blob-codec.ts';
import { BlobIndex } from './blob-index.ts';
import { BlobReader } from './blob-reader.ts';
import { checkPack, type PackVerdict } from './check-pack.ts';
import { unpackEntries } from './format/packed-entries.ts';
import type { IndexedPack } from './format/index-file.ts';
import type { TreePiece } from './format/tree.ts';
import { endingWith } from './lent-ending.ts';
import { listPack, loadIndexFile, type ListedPack } from './index-loading.ts';
import { PackFiles } from './pack-files.ts';
import type { LoadedIndex, ReadReply, ReadRequest, ReadWorkerData, TreeStep } from './read-protocol.ts';
import { loadTree } from './tree-lookup.ts';

/** So few that whoever takes them in is not kept from other things for long. */
const nodesAtOnce = 1000;

serveLent((data: ReadWorkerData, port) => {
  const reading = new Reading(data);
  let answering = 0;
  const serve = async (request: ReadRequest): Promise<void> => {
    answering += 1;
    const result = await reading.answer(request);
    answering -= 1;
    port.postMessage({ job: request.job, result } satisfies ReadReply);
  };
  port.on('message', (request: ReadRequest) => void serve(request));
  return () => (answering > 0 ? 'ends' : reading.end());
});

/** What it does for one reader of a repository. */
class Reading {
  readonly #codec: BlobCodec;
  readonly #index: BlobIndex;
  readonly #files: PackFiles | null;
  /** Trees that are being read, by the job that opened them. */
  readonly #opened = new Map<number, AsyncGenerator<TreePiece, void>>();

  constructor({ key, version, index, localFolder }: ReadWorkerData) {
    this.#codec = new BlobCodec(key, version);
    this.#index = BlobIndex.attach(index);
    this.#files = localFolder === null ? null : new PackFiles(localFolder);
  }

  async answer(request: ReadRequest): Promise<ReadReply['result']> {
    switch (request.type) {
      case 'loadIndex':
        return this.#loadIndex(request);
      case 'checkPack':
        return this.#judge(request);
      case 'openTree':
        this.#opened.set(request.job, this.#openTree(request));
        return this.#nextNodes(request.job);
      case 'nextNodes':
        return this.#nextNodes(request.opened);
      case 'closeTree':
        this.#opened.delete(request.opened);
        return { piece: null };
    }
  }

  end(): EndingWord {
    this.#files?.close();
    return endingWith(this.#index, this.#codec);
  }

  async *#openTree({ tree, sealed }: Extract<ReadRequest, { type: 'openTree' }>): AsyncGenerator<TreePiece, void> {
    const reader = new BlobReader(this.#codec, this.#index, () => Promise.resolve(Buffer.from(sealed.buffer)));
    for (const { nodes, invalid } of await loadTree(reader, tree)) {
      yield { nodes: nodes.slice(0, nodesAtOnce), invalid };
      for (let at = nodesAtOnce; at < nodes.length; at += nodesAtOnce)
        yield { nodes: nodes.slice(at, at + nodesAtOnce), invalid: [] };
    }
  }

  async #nextNodes(job: number): Promise<TreeStep> {
    try {
      const next = await this.#opened.get(job)?.next();
      if (next !== undefined && next.done !== true) return { piece: next.value };
      this.#opened.delete(job);
      return { piece: null };
    } catch (error) {
      this.#opened.delete(job);
      const { code, message } = toHoldfastError(error);
      return { failed: { code, message } };
    }
  }

  #loadIndex({ sealed, list }: Extract<ReadRequest, { type: 'loadIndex' }>): LoadedIndex {
    const packs: ListedPack[] = [];
    const watcher = list ? { onPack: (_: number, pack: IndexedPack) => packs.push(listPack(pack)) } : {};
    const refused = loadIndexFile(this.#index, this.#codec, sealed, watcher);
    return { intact: refused === 0, packs: refused === null ? [] : packs };
  }

  #judge({ packId, data, expected }: Extract<ReadRequest, { type: 'checkPack' }>): PackVerdict {
    const pack =
      data === null ? (this.#files?.readWhole(packId) ?? null) : Buffer.from(data.buffer, data.byteOffset, data.length);
    if (pack === null) return { bytes: null, faults: [] };
    return { bytes: pack.length, faults: checkPack(this.#codec, packId, pack, expected.flatMap(unpackEntries)) };
  }
}
