/** Config and keys: opening a repository that has lost them, and putting them back. */
import { hash } from 'node:crypto';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { configHandle, describeHandle, type Backend, type FileHandle } from '../backend/backend.ts';
import { openMasterKey } from '../keys.ts';
import { openConfig, openRepository, sealConfig, Repository } from '../repository.ts';
import type { Quarantine } from './quarantine.ts';
import type { Safekeeping } from './safekeeping.ts';

/** What opening says where config or keys are not as they should be. */
const headCodes: ReadonlySet<ErrorCode> = new Set([
  'REPOSITORY_DAMAGED',
  'WRONG_PASSWORD',
  'NOT_A_REPOSITORY',
  'STORED_FILE_DAMAGED',
  'IO_ERROR',
]);

/**
 * As `openRepository`; where config or keys are damaged or gone, with the copies of them that were kept. Throws what
 * opening threw where those do not help, or where what lies there is not that repository.
 */
export async function openWithKept(backend: Backend, password: string, kept: Safekeeping): Promise<Repository> {
  try {
    return await openRepository(backend, password);
  } catch (error) {
    const { code } = toHoldfastError(error);
    const opened = headCodes.has(code) ? await openKept(backend, password, kept) : null;
    if (opened === null) throw error;
    return opened;
  }
}

async function openKept(backend: Backend, password: string, kept: Safekeeping): Promise<Repository | null> {
  const config = await kept.load(configHandle);
  if (config === null) return null;
  try {
    const { key, keyId } = await openMasterKey(backend, password).catch(async () => {
      const found = await openMasterKey(kept.backend, password);
      // A key that was taken away on purpose opens nothing any more.
      if (!(await isDamagedThere(backend, found.keyId))) throw new HoldfastError('WRONG_PASSWORD', 'That key is gone.');
      return found;
    });
    const known = openConfig(key, config);
    if (known === null) return null;
    const repository = new Repository(backend, known, key, keyId);
    return (await isSameRepository(repository)) ? repository : null;
  } catch (error) {
    if (error instanceof HoldfastError) return null;
    throw error;
  }
}

/** It is there and not what it was, or none of the keys is left. */
async function isDamagedThere(backend: Backend, keyId: string): Promise<boolean> {
  const names = (await backend.list('keys')).map(({ name }) => name);
  if (names.includes(keyId)) return !(await isIntact(backend, { type: 'keys', name: keyId }));
  for (const name of names) if (await isIntact(backend, { type: 'keys', name })) return false;
  return true;
}

/** Something that lies there opens with the key: an empty folder, or another repository, is not to be written to. */
async function isSameRepository(repository: Repository): Promise<boolean> {
  const { backend, config, key } = repository;
  const there = await loadOrNull(backend, configHandle);
  const found = there === null ? null : openConfig(key, there);
  if (found !== null) return found.id === config.id;
  for (const type of ['snapshots', 'index'] as const) {
    for (const { name } of await backend.list(type)) {
      const sealed = await loadOrNull(backend, { type, name });
      if (sealed !== null && repository.opens(sealed)) return true;
    }
  }
  return false;
}

export type HeadMended = {
  /** Config and keys that were put back. */
  readonly repaired: readonly string[];
  /** Those that are damaged, and of which there is no copy. */
  readonly lost: readonly string[];
};

/** Puts back what is damaged of config and keys. What is bad is in quarantine before it goes. */
export async function mendHead(
  { repository, kept, quarantine }: { repository: Repository; kept: Safekeeping; quarantine: Quarantine },
  dryRun: boolean,
): Promise<HeadMended> {
  const { backend, key, config } = repository;
  const repaired: string[] = [];
  const lost: string[] = [];
  const there = await loadOrNull(backend, configHandle);
  if (there === null || openConfig(key, there)?.id !== config.id) {
    const keptConfig = await kept.load(configHandle);
    const isOurs = keptConfig !== null && openConfig(key, keptConfig)?.id === config.id;
    const good = isOurs ? keptConfig : sealConfig(key, config);
    // Between the bad one and the good one there is none at all: whoever is stopped there opens it with the copy.
    if (!dryRun && !isOurs) await kept.holdConfig(good);
    if (!dryRun) await putBack(backend, quarantine, configHandle, good);
    repaired.push('config');
  }
  for (const name of await damagedKeys(backend, kept)) {
    const handle = { type: 'keys', name } as const;
    const copy = await kept.load(handle);
    if (copy === null) lost.push(describeHandle(handle));
    else {
      if (!dryRun) await putBack(backend, quarantine, handle, copy);
      repaired.push(describeHandle(handle));
    }
  }
  return { repaired, lost };
}

/** Those that are there and not what they were; where none is intact, also those that are gone. */
async function damagedKeys(backend: Backend, kept: Safekeeping): Promise<readonly string[]> {
  const damaged: string[] = [];
  const names = (await backend.list('keys')).map(({ name }) => name);
  for (const name of names) if (!(await isIntact(backend, { type: 'keys', name }))) damaged.push(name);
  if (damaged.length < names.length) return damaged;
  const gone = (await kept.backend.list('keys')).map(({ name }) => name).filter((name) => !names.includes(name));
  return [...damaged, ...gone];
}

/** A file in the place of one that is damaged or gone, read back. */
export async function putBack(
  backend: Backend,
  quarantine: Quarantine,
  handle: FileHandle,
  data: Buffer,
): Promise<void> {
  const bad = await loadOrNull(backend, handle);
  if (bad !== null) await quarantine.keep(handle, bad);
  await backend.remove(handle);
  await backend.save(handle, data);
  const there = await backend.load(handle);
  if (there.equals(data)) return;
  throw new HoldfastError('STORED_FILE_DAMAGED', `${describeHandle(handle)} does not read back as it was written.`);
}

async function isIntact(backend: Backend, handle: FileHandle): Promise<boolean> {
  const data = await loadOrNull(backend, handle);
  return data !== null && hash('sha256', data, 'hex') === handle.name;
}

/** Null where it is gone, or its disk does not give it. */
export async function loadOrNull(backend: Backend, handle: FileHandle): Promise<Buffer | null> {
  try {
    return await backend.load(handle);
  } catch (error) {
    const { code } = toHoldfastError(error);
    if (code === 'STORED_FILE_MISSING' || code === 'STORED_FILE_DAMAGED' || code === 'IO_ERROR') return null;
    throw error;
  }
}
