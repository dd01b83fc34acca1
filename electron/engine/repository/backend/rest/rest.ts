/**
 * A repository on a server that speaks restic's REST protocol, versions 1 and 2
 * (https://restic.readthedocs.io/en/stable/REST_backend.html).
 */
import type { Pace } from '../../../platform/network-throttle.ts';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import {
  configHandle,
  describeHandle,
  type Backend,
  type ByteRange,
  type FileHandle,
  type FileType,
  type Room,
  type StoredFile,
  type UnfinishedFile,
} from '../backend.ts';
import { discard, listTypes, readBytes, readList, type ListedFile } from './answers.ts';
import { RestClient, type RestAnswer, type RestRequest, type RestServer } from './rest-client.ts';

const storedName = /^[0-9a-f]{64}$/;
/** Bytes that a server still takes from whoever asks: an extension of Holdfast's. */
export const freeBytesHeader = 'holdfast-free-bytes';
/** What restic waits: who knows what lies behind a server. */
const delayMs = 200;
/** Where a server tells names alone. */
const sizesAtOnce = 8;
/** Times that a config is sent whose answer was lost, and which the server turned out not to have. */
const configAttempts = 3;

export class RestBackend implements Backend {
  readonly location: string;
  readonly localFolder = null;
  readonly #client: RestClient;
  readonly #server: RestServer;

  constructor(server: RestServer) {
    this.#server = server;
    this.location = `rest:${server.url}`;
    this.#client = new RestClient(server);
  }

  paced(pace: Pace): Backend {
    return new RestBackend({ ...this.#server, pace });
  }

  listingDelayMs(): Promise<number> {
    return Promise.resolve(delayMs);
  }

  /** Holdfast's own servers say it with the config; the protocol has no word for it. */
  async room(): Promise<Room | null> {
    const answer = await this.#ask({ method: 'HEAD', path: pathOf(configHandle) });
    await discard(answer);
    const said = answer.headers[freeBytesHeader];
    const freeBytes = typeof said === 'string' && /^\d{1,16}$/.test(said) ? Number(said) : null;
    return freeBytes === null ? null : { freeBytes, from: 'server' };
  }

  async create(): Promise<void> {
    if ((await this.#sizeOf(configHandle)) !== null)
      throw new HoldfastError('REPOSITORY_EXISTS', `There is a repository at ${this.location}.`);
    for (const type of ['snapshots', 'data'] as const) {
      // A new master key over the packs of a repository that only lost its config would make them unreadable for ever.
      if ((await this.#listNames(type)).length === 0) continue;
      const text = `There is a repository at ${this.location}, but its config is missing.`;
      throw new HoldfastError('REPOSITORY_DAMAGED', text);
    }
    const answer = await this.#ask({ method: 'POST', path: '?create=true' });
    if (answer.statusCode >= 300) throw await this.#refused(answer, 'The repository could not be created');
    await discard(answer);
  }

  /**
   * A server may have kept a file whose answer was lost, and servers of append-only repositories take no file twice: what
   * it has then is looked at.
   */
  async save(handle: FileHandle, data: Uint8Array): Promise<void> {
    const path = pathOf(handle);
    if (handle.type === 'config') return this.#saveConfig(data);
    let refusal: HoldfastError;
    try {
      const answer = await this.#ask({ method: 'POST', path, body: data });
      if (answer.statusCode < 300) return await discard(answer);
      refusal = await this.#refused(answer, `${describeHandle(handle)} was not taken`);
      if (answer.statusCode !== 403 && answer.statusCode !== 409) throw refusal;
    } catch (error) {
      refusal = this.#client.unreachable(error);
      if (refusal.code !== 'REPOSITORY_UNREACHABLE') throw error;
    }
    if (await this.#has(handle, data)) return;
    if (refusal.code !== 'ACCESS_REFUSED' || (await this.#sizeOf(handle)) === null) throw refusal;
    const text = `${this.location} has another ${describeHandle(handle)}, and does not let it be replaced.`;
    throw new HoldfastError('APPEND_ONLY', text);
  }

  async load(handle: FileHandle, range?: ByteRange): Promise<Buffer<ArrayBuffer>> {
    const path = pathOf(handle);
    if (range !== undefined && range.length === 0) return this.#loadNothing(handle, range);
    const last = range === undefined ? 0 : range.offset + range.length - 1;
    const headers = range === undefined ? {} : { range: `bytes=${range.offset}-${last}` };
    const answer = await this.#ask({ method: 'GET', path, headers });
    switch (answer.statusCode) {
      case 200:
        // A server that knows no ranges sends all of it.
        return this.#rangeOf(handle, answer, range, range?.offset ?? 0);
      case 206:
        return this.#rangeOf(handle, answer, range, 0);
      case 404:
        await discard(answer);
        throw new HoldfastError('STORED_FILE_MISSING', `${describeHandle(handle)} is missing.`);
      case 416:
        await discard(answer);
        if (range?.mayEndEarly === true) return Buffer.allocUnsafeSlow(0);
        throw truncated(handle);
      default:
        throw await this.#refused(answer, `${describeHandle(handle)} could not be read`);
    }
  }

  async list(type: FileType): Promise<readonly StoredFile[]> {
    if (type === 'config') {
      const size = await this.#sizeOf(configHandle);
      return size === null ? [] : [{ name: 'config', size }];
    }
    const listed = await this.#listNames(type);
    const found: StoredFile[] = [];
    const rest = listed.filter(({ name }) => storedName.test(name)).values();
    const complete = async (): Promise<void> => {
      for (const { name, size: known } of rest) {
        const size = known ?? (await this.#sizeOf({ type, name }));
        if (size !== null) found.push({ name, size });
      }
    };
    await Promise.all(Array.from({ length: sizesAtOnce }, complete));
    return found;
  }

  async remove(handle: FileHandle): Promise<void> {
    const answer = await this.#ask({ method: 'DELETE', path: pathOf(handle) });
    if (answer.statusCode < 300 || answer.statusCode === 404) return discard(answer);
    if (answer.statusCode !== 403 && answer.statusCode !== 405)
      throw await this.#refused(answer, `${describeHandle(handle)} could not be removed`);
    await discard(answer);
    throw new HoldfastError('APPEND_ONLY', `${this.location} does not let ${describeHandle(handle)} be removed.`);
  }

  /** The protocol shows none: the server sees to what was cut off. */
  listUnfinished(): Promise<readonly UnfinishedFile[]> {
    return Promise.resolve([]);
  }

  removeUnfinished(): Promise<void> {
    return Promise.reject(new HoldfastError('INTERNAL', 'A server shows no temporary files that could be removed.'));
  }

  async #saveConfig(data: Uint8Array): Promise<void> {
    // Not every server refuses a second one by itself.
    if ((await this.#sizeOf(configHandle)) !== null) throw this.#exists();
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#ask({ method: 'POST', path: 'config', body: data });
        if (answer.statusCode < 300) return await discard(answer);
        const refusal = await this.#refused(answer, 'config was not taken');
        throw answer.statusCode === 403 && (await this.#sizeOf(configHandle)) !== null ? this.#exists() : refusal;
      } catch (error) {
        const lost = this.#client.unreachable(error);
        if (lost.code !== 'REPOSITORY_UNREACHABLE') throw error;
        if (await this.#has(configHandle, data)) return;
        if ((await this.#sizeOf(configHandle)) !== null) throw this.#exists();
        if (attempt === configAttempts) throw lost;
      }
    }
  }

  /** Whether exactly this lies there. */
  async #has(handle: FileHandle, data: Uint8Array): Promise<boolean> {
    if ((await this.#sizeOf(handle)) !== data.byteLength) return false;
    return (await this.load(handle)).equals(data);
  }

  /** Null where there is none. */
  async #sizeOf(handle: FileHandle): Promise<number | null> {
    const answer = await this.#ask({ method: 'HEAD', path: pathOf(handle) });
    if (answer.statusCode === 404) {
      await discard(answer);
      return null;
    }
    if (answer.statusCode !== 200)
      throw await this.#refused(answer, `${describeHandle(handle)} could not be looked at`);
    await discard(answer);
    const size = Number(answer.headers['content-length']);
    if (!Number.isSafeInteger(size) || size < 0)
      throw this.#client.unreachable(new Error(`it does not say how large ${describeHandle(handle)} is`));
    return size;
  }

  async #listNames(type: FileType): Promise<readonly ListedFile[]> {
    const answer = await this.#ask({ method: 'GET', path: `${type}/`, headers: { accept: listTypes[2] } });
    if (answer.statusCode === 404) {
      await discard(answer);
      return [];
    }
    if (answer.statusCode !== 200) throw await this.#refused(answer, `The files under ${type} could not be listed`);
    return this.#reading(() => readList(answer));
  }

  /** A range of nothing cannot be asked for. */
  async #loadNothing(handle: FileHandle, { offset, mayEndEarly }: ByteRange): Promise<Buffer<ArrayBuffer>> {
    const size = await this.#sizeOf(handle);
    if (size === null) throw new HoldfastError('STORED_FILE_MISSING', `${describeHandle(handle)} is missing.`);
    if (offset > size && mayEndEarly !== true) throw truncated(handle);
    return Buffer.allocUnsafeSlow(0);
  }

  async #rangeOf(
    handle: FileHandle,
    answer: RestAnswer,
    range: ByteRange | undefined,
    skip: number,
  ): Promise<Buffer<ArrayBuffer>> {
    const wanted = range === undefined ? {} : { length: range.length };
    const data = await this.#reading(() => readBytes(answer, { skip, ...wanted, pace: this.#server.pace }));
    if (range !== undefined && data.length < range.length && range.mayEndEarly !== true) throw truncated(handle);
    return data;
  }

  async #reading<Result>(read: () => Promise<Result>): Promise<Result> {
    try {
      return await read();
    } catch (error) {
      throw this.#client.unreachable(error);
    }
  }

  #ask(request: RestRequest): Promise<RestAnswer> {
    return this.#client.ask(request);
  }

  #exists(): HoldfastError {
    return new HoldfastError('REPOSITORY_EXISTS', `There is a repository at ${this.location}.`);
  }

  /** In our words: what a server writes is for nobody's eyes unchecked. */
  async #refused(answer: RestAnswer, what: string): Promise<HoldfastError> {
    await discard(answer).catch(() => undefined);
    const { statusCode } = answer;
    const said = `${what}: ${this.location} answers ${statusCode}.`;
    if (statusCode === 401 || statusCode === 403) return new HoldfastError('ACCESS_REFUSED', said);
    if (statusCode === 413) return new HoldfastError('PLACE_UNUSABLE', `${what}: it is larger than the server takes.`);
    if (statusCode === 507) return new HoldfastError('QUOTA_REACHED', `${what}: ${this.location} has no more room.`);
    return new HoldfastError('REPOSITORY_UNREACHABLE', said);
  }
}

/** Below the repository. */
function pathOf({ type, name }: FileHandle): string {
  if (type === 'config') return 'config';
  if (!storedName.test(name))
    throw new HoldfastError('INTERNAL', 'A stored file was asked for by a name it cannot have.');
  return `${type}/${name}`;
}

function truncated(handle: FileHandle): HoldfastError {
  return new HoldfastError('STORED_FILE_DAMAGED', `${describeHandle(handle)} is shorter than it should be.`);
}
