/**
 * Looks around on this machine, in a thread of its own: a share whose server is gone does not answer, and whoever asks it
 * through Node's own threads takes one of the four away from everybody else.
 */
import { lstatSync, opendirSync, statfsSync, statSync, type Dirent } from 'node:fs';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { listMounts } from '../../platform/mounts.ts';
import { displayRaw, fsPath, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import { threadData } from '../../platform/threads.ts';
import type { LookAround, MachineMessage } from './machine-protocol.ts';

const mostFolders = 10_000;
/** Of a folder with millions of files only so much is looked at. */
const listingMs = 3000;
const mostPlaces = 50;

/** File systems that hold no data of anybody's. */
const innerKinds: ReadonlySet<string> = new Set(
  (
    'autofs bpf binfmt_misc cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fuse.gvfsd-fuse fuse.lxcfs ' +
    'fuse.portal fusectl hugetlbfs mqueue nsfs overlay proc pstore ramfs rpc_pipefs securityfs squashfs sysfs tmpfs tracefs'
  ).split(' '),
);

const { path, home } = threadData() as LookAround;
const port = parentPort as unknown as MessagePort;
const say = (message: MachineMessage): void => port.postMessage(message);

say(listFolders());
const places = placesHere();
say({ type: 'places', places: places.map((place) => ({ path: place, freeBytes: null })) });
for (const place of places) {
  const freeBytes = freeAt(place);
  if (freeBytes !== null) say({ type: 'place', place: { path: place, freeBytes } });
}
say({ type: 'end' });

function listFolders(): MachineMessage {
  const names: RawPath[] = [];
  const deadline = performance.now() + listingMs;
  try {
    const folder = opendirSync(fsPath(path), { encoding: 'latin1', bufferSize: 512 });
    try {
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        if (names.length >= mostFolders || performance.now() > deadline) return { type: 'folders', names, more: true };
        if (leadsToFolder(entry)) names.push(entry.name);
      }
    } finally {
      folder.closeSync();
    }
    return { type: 'folders', names, more: false };
  } catch (error) {
    const isForbidden = toHoldfastError(error).code === 'NO_PERMISSION';
    return isForbidden
      ? { type: 'refused', code: 'SOURCE_UNREADABLE', message: `${displayRaw(path)} cannot be read.` }
      : { type: 'refused', code: 'SOURCE_NOT_FOUND', message: `There is no folder at ${displayRaw(path)}.` };
  }
}

/** A link into nothing does not. Some file systems do not say what an entry is. */
function leadsToFolder(entry: Dirent): boolean {
  if (entry.isDirectory()) return true;
  if (entry.isFile() || entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice())
    return false;
  try {
    return statSync(fsPath(joinRaw(path, entry.name))).isDirectory();
  } catch {
    return false;
  }
}

function placesHere(): RawPath[] {
  const mounted = listMounts()
    .filter((mount) => !innerKinds.has(mount.kind) && mount.path !== '/')
    // In containers single files are mounted; that they are files is known without asking the server of a share.
    .filter((mount) => mount.kind.startsWith('nfs') || mount.kind === 'cifs' || isFolder(mount.path));
  return [...new Set([home, '/', ...mounted.map((mount) => mount.path)])].slice(0, mostPlaces);
}

function isFolder(place: RawPath): boolean {
  try {
    return lstatSync(fsPath(place)).isDirectory();
  } catch {
    return false;
  }
}

function freeAt(place: RawPath): number | null {
  try {
    const { bavail, bsize } = statfsSync(fsPath(place));
    return bavail * bsize;
  } catch {
    return null;
  }
}
