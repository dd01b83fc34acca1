/** Folders of this machine, for choosing one where the system has no dialog for it. Never waits for a dead share. */
import { homedir } from 'node:os';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { dirRaw, displayRaw, joinRaw, rawFromDisplay, rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import { startThread, stopThread } from '../../platform/threads.ts';
import type { LookAround, MachineMessage, Place } from './machine-protocol.ts';

export type MachineFolders = {
  path: string;
  parent: string | null;
  folders: { name: string; path: string }[];
  more: boolean;
  places: { name: string; path: string; freeBytes: number | null }[];
};

/** For the list of folders; and from then on for how much is free. */
const patienceMs = 8000;
const placesPatienceMs = 1000;
/** Threads that wait for a dead share cannot be ended; more of them are not started. */
const mostStuck = 16;
let leaving = 0;

type Seen = { names: readonly RawPath[]; more: boolean; places: readonly Place[] };

/** `path` as it is shown; null for the home folder. SOURCE_NOT_FOUND, SOURCE_UNREADABLE, BAD_USAGE. */
export async function listMachineFolders(path: string | null, signal?: AbortSignal): Promise<MachineFolders> {
  const home = rawFromUtf8(homedir());
  const raw = path === null ? home : normalise(rawFromDisplay(path));
  const { names, more, places } = await lookAround({ path: raw, home }, signal);
  return {
    path: displayRaw(raw),
    parent: raw === '/' ? null : displayRaw(dirRaw(raw)),
    folders: inOrder(names).map((name) => ({ name: displayRaw(name), path: displayRaw(joinRaw(raw, name)) })),
    more,
    places: places.map((place) => ({
      name: place.path === home ? 'Home' : displayRaw(place.path),
      path: displayRaw(place.path),
      freeBytes: place.freeBytes,
    })),
  };
}

function normalise(path: RawPath): RawPath {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (!path.startsWith('/') || names.includes('..') || path.includes('\0'))
    throw new HoldfastError('BAD_USAGE', 'A folder is given by its absolute path, without `..`.');
  return `/${names.join('/')}`;
}

async function lookAround(what: LookAround, signal?: AbortSignal): Promise<Seen> {
  signal?.throwIfAborted();
  const noAnswer = new HoldfastError('SOURCE_UNREADABLE', `${displayRaw(what.path)} does not answer.`);
  if (leaving >= mostStuck) throw noAnswer;
  const worker = startThread(new URL('./machine-worker.ts', import.meta.url), {
    data: what,
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 },
  });
  const seen: Seen = { names: [], more: false, places: [] };
  const done = Promise.withResolvers<void>();
  let timer = setTimeout(() => done.reject(noAnswer), patienceMs);
  worker.on('message', (message: MachineMessage) => {
    switch (message.type) {
      case 'folders':
        seen.names = message.names;
        seen.more = message.more;
        clearTimeout(timer);
        timer = setTimeout(() => done.resolve(), placesPatienceMs);
        return;
      case 'refused':
        done.reject(new HoldfastError(message.code, message.message));
        return;
      case 'places':
        seen.places = message.places;
        return;
      case 'place':
        seen.places = seen.places.map((place) => (place.path === message.place.path ? message.place : place));
        return;
      case 'end':
        done.resolve();
    }
  });
  worker.on('error', (error) => done.reject(error));
  worker.on('exit', () => done.reject(noAnswer));
  const leave = (): void => done.reject(toHoldfastError(signal?.reason));
  signal?.addEventListener('abort', leave, { once: true });
  try {
    await done.promise;
    return seen;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
    worker.unref();
    // Not waited for: it may be stuck in the kernel.
    leaving += 1;
    void stopThread(worker).finally(() => {
      leaving -= 1;
    });
  }
}

/** Names that start with a dot last; the rest as people read them. */
function inOrder(names: readonly RawPath[]): readonly RawPath[] {
  const shown = names.map((name) => ({ name, text: displayRaw(name), hidden: name.startsWith('.') ? 1 : 0 }));
  shown.sort((a, b) => a.hidden - b.hidden || collator.compare(a.text, b.text) || (a.name < b.name ? -1 : 1));
  return shown.map(({ name }) => name);
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
