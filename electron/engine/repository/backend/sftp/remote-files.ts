/** Files of an SFTP server as promises, with several requests of one file on their way at once. */
import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import type { Pace } from '../../../platform/network-throttle.ts';
import { isEndOfFile, isNoSuchFile } from './failures.ts';

/** What every server takes at once; those that take more gain nothing by it. */
const pieceBytes = 32 * 1024;
/** As much as a connection's window holds: a slow answer keeps nobody waiting. */
const piecesAtOnce = 64;
/** Of one folder. A server that goes on without end is not read any more. */
const mostEntries = 20_000_000;

export class RemoteFiles {
  readonly #sftp: SFTPWrapper;
  readonly #pace: Pace | null;

  constructor(sftp: SFTPWrapper, pace: Pace | null) {
    this.#sftp = sftp;
    this.#pace = pace;
  }

  /** A new file, durable when it returns where the server can do that. */
  async write(path: string, data: Uint8Array): Promise<void> {
    const file = await this.#open(path, 'wx');
    try {
      await inPieces(data.length, async (at, length) => {
        await this.#pace?.up(length);
        const piece = Buffer.from(data.buffer, data.byteOffset + at, length);
        await answered<void>((done) => this.#sftp.write(file, piece, 0, length, at, done));
        return true;
      });
      await this.#sync(file);
    } finally {
      await this.#close(file);
    }
  }

  /**
   * Up to `length` bytes, fewer where the file ends, or all of it. Memory is reserved for no more than the file has, but
   * for what is small in any case.
   */
  async read(path: string, offset: number, length: number | null): Promise<Buffer<ArrayBuffer>> {
    const file = await this.#open(path, 'r');
    try {
      const size = length !== null && length <= 1024 * 1024 ? offset + length : await this.#size(file);
      const there = Math.max(0, Math.min(length ?? Infinity, size - offset));
      const data = Buffer.allocUnsafeSlow(there);
      let end = there;
      await inPieces(there, async (at, wanted) => {
        const got = await this.#readPiece(file, data, at, wanted, offset);
        if (got < wanted) end = Math.min(end, at + got);
        return got === wanted;
      });
      return end === there ? data : Buffer.from(Uint8Array.prototype.slice.call(data, 0, end).buffer);
    } finally {
      await this.#close(file);
    }
  }

  /** Takes the place of what has that name, where the server can do that. */
  async rename(from: string, to: string): Promise<void> {
    const isDone = await this.#ifKnown((done) => this.#sftp.ext_openssh_rename(from, to, done));
    if (!isDone) await answered<void>((done) => this.#sftp.rename(from, to, done));
  }

  /** Fails where something has that name already. */
  async renameNew(from: string, to: string): Promise<void> {
    await answered<void>((done) => this.#sftp.rename(from, to, done));
  }

  async remove(path: string): Promise<void> {
    await answered<void>((done) => this.#sftp.unlink(path, done));
  }

  /** Null where nothing has that name. */
  async stat(path: string): Promise<Stats | null> {
    try {
      return await answered<Stats>((done) => this.#sftp.stat(path, done));
    } catch (error) {
      if (isNoSuchFile(error)) return null;
      throw error;
    }
  }

  async makeFolder(path: string): Promise<void> {
    await answered<void>((done) => this.#sftp.mkdir(path, { mode: 0o700 }, done));
  }

  /** Empty where there is no such folder. */
  async list(path: string): Promise<readonly FileEntryWithStats[]> {
    const found: FileEntryWithStats[] = [];
    let folder: Buffer;
    try {
      folder = await answered<Buffer>((done) => this.#sftp.opendir(path, done));
    } catch (error) {
      if (isNoSuchFile(error)) return [];
      throw error;
    }
    try {
      for (;;) {
        const some = await answered<FileEntryWithStats[]>((done) => this.#sftp.readdir(folder, done));
        for (const entry of some) found.push(entry);
        if (found.length > mostEntries)
          throw new HoldfastError('REPOSITORY_DECLINED', `The list of ${path} goes on without an end.`);
      }
    } catch (error) {
      if (isEndOfFile(error)) return found;
      throw error;
    } finally {
      await this.#close(folder);
    }
  }

  /** Bytes that may still be written below a folder; null where the server does not say. */
  async freeBytes(path: string): Promise<number | null> {
    type Room = { readonly f_bavail: number; readonly f_frsize: number };
    const room: { value?: Room } = {};
    const isKnown = await this.#ifKnown((done) =>
      this.#sftp.ext_openssh_statvfs(path, (error, value: Room) => {
        room.value = value;
        done(error);
      }),
    ).catch(() => false);
    return isKnown && room.value !== undefined ? Number(room.value.f_bavail) * Number(room.value.f_frsize) : null;
  }

  async #readPiece(file: Buffer, into: Buffer, at: number, wanted: number, offset: number): Promise<number> {
    let got = 0;
    while (got < wanted) {
      const bytes = await this.#readOnce(file, into, at + got, wanted - got, offset + at + got);
      if (bytes === 0) break;
      got += bytes;
      await this.#pace?.down(bytes);
    }
    return got;
  }

  async #readOnce(file: Buffer, into: Buffer, at: number, length: number, position: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#sftp.read(file, into, at, length, position, (error, bytes) => {
      if (error === undefined || error === null) resolve(bytes);
      else if (isEndOfFile(error)) resolve(0);
      else reject(error);
    });
    return promise;
  }

  #open(path: string, mode: 'wx' | 'r'): Promise<Buffer> {
    return answered<Buffer>((done) => this.#sftp.open(path, mode, { mode: 0o600 }, done));
  }

  async #size(file: Buffer): Promise<number> {
    return (await answered<Stats>((done) => this.#sftp.fstat(file, done))).size;
  }

  async #sync(file: Buffer): Promise<void> {
    await this.#ifKnown((done) => this.#sftp.ext_openssh_fsync(file, done));
  }

  async #close(file: Buffer): Promise<void> {
    await answered<void>((done) => this.#sftp.close(file, done)).catch(() => undefined);
  }

  /** False where the server does not know it: the kit says so before it asks. */
  async #ifKnown(ask: (done: (error?: Error | null) => void) => void): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    try {
      ask((error) => (error === undefined || error === null ? resolve(true) : reject(error)));
    } catch {
      return false;
    }
    return promise;
  }
}

/** `handle` is given each piece, several at once; one that answers false lets no further ones begin. */
async function inPieces(bytes: number, handle: (at: number, length: number) => Promise<boolean>): Promise<void> {
  let next = 0;
  let goesOn = true;
  const work = async (): Promise<void> => {
    while (goesOn && next < bytes) {
      const at = next;
      next += pieceBytes;
      goesOn =
        (await handle(at, Math.min(pieceBytes, bytes - at)).catch((error: unknown) => {
          goesOn = false;
          throw error;
        })) && goesOn;
    }
  };
  const ended = await Promise.allSettled(
    Array.from({ length: Math.min(piecesAtOnce, Math.ceil(bytes / pieceBytes)) }, work),
  );
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
}

function answered<Result>(
  ask: (done: (error: Error | null | undefined, result: Result) => void) => void,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  ask((error, result) => (error === undefined || error === null ? resolve(result) : reject(error)));
  return promise;
}
