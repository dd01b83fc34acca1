/** The file `engine.sock` in a home: put there by the owner of the home alone, and reached whatever the path's length. */
import { closeSync, lstatSync, openSync, renameSync, rmSync } from 'node:fs';
import { createConnection, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';

const socketName = 'engine.sock';
/** Under this name the socket is made; only the owner of the home does so, one at a time. */
const freshName = 'engine.sock.new';
/** Of `sun_path` on the systems we run on, the NUL at its end left out (unix(7); macOS has 104). */
const maxPathBytes = process.platform === 'linux' ? 107 : 103;
const onlyOwner = 0o177;

export interface SocketFile {
  readonly path: string;
  /** Takes the file away unless somebody else has replaced it. */
  remove(): void;
}

/** For the holder of the home's lock: listens, and replaces what an engine that was killed has left behind. */
export async function listenIn(home: string, server: Server): Promise<SocketFile> {
  const path = join(home, socketName);
  const fresh = join(home, freshName);
  rmSync(fresh, { force: true });
  const way = shortWay(home, freshName);
  const listening = new Promise<void>((resolve, reject) => {
    server.once('listening', resolve).once('error', reject);
  });
  // The socket is born with the mode that the mask leaves; a chmod afterwards would leave a gap.
  const mask = process.umask(onlyOwner);
  try {
    server.listen(way.path);
  } finally {
    process.umask(mask);
  }
  try {
    await listening;
    renameSync(fresh, path);
  } finally {
    way.close();
  }
  const own = lstatSync(path).ino;
  return {
    path,
    remove: () => {
      if (lstatSync(path, { throwIfNoEntry: false })?.ino === own) rmSync(path, { force: true });
    },
  };
}

/**
 * A connection to the socket of the home; null when nobody listens there. HOME_UNSAFE for a socket that is not this
 * account's alone: what is said on it would be heard by others.
 */
export async function connectTo(home: string): Promise<Socket | null> {
  const path = join(home, socketName);
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return null;
  const ownUid = process.getuid?.();
  if (ownUid !== undefined && (!status.isSocket() || status.uid !== ownUid || (status.mode & 0o077) !== 0)) {
    throw new HoldfastError('HOME_UNSAFE', `${path} is not a socket that belongs to this account alone.`);
  }
  const way = shortWay(home, socketName);
  const socket = createConnection(way.path);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return socket;
  } catch (error) {
    socket.destroy();
    // Nobody behind it, gone meanwhile, or more callers than the owner accepts at this moment.
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'EAGAIN' || code === 'ECONNRESET') return null;
    throw error;
  } finally {
    way.close();
  }
}

/** The path as it is, or through a descriptor of its folder where it would be too long for a socket. */
function shortWay(home: string, name: string): { path: string; close(): void } {
  const path = join(home, name);
  if (Buffer.byteLength(path) <= maxPathBytes || process.platform !== 'linux') return { path, close: () => undefined };
  const folder = openSync(home, 'r');
  return { path: `/proc/self/fd/${folder}/${name}`, close: () => closeSync(folder) };
}
