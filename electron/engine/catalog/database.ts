/** Opening the catalog's file: only its owner may read it, a damaged one is set aside, an older one is brought up to date. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { toCatalogError } from './failure.ts';
import { newestVersion } from './migrations/newest-version.ts';
import { openFile, type Database } from './sqlite.ts';

/** `HOLD`, in the header of the file: this database is a catalog. */
const applicationId = 0x484f_4c44;

/** A file up to this size is looked through every time it is opened: that takes some tens of milliseconds. */
const alwaysCheckedBytes = 64 * 1024 * 1024;

/**
 * One that a killed process has left open is looked through up to this size, which takes some seconds: the journal makes it
 * whole again, and what a failing disk has done to a larger one is noticed where it is read.
 */
const checkedAfterKillBytes = 512 * 1024 * 1024;

const longJournalBytes = 8 * 1024 * 1024;

export type OpenedDatabase = { readonly db: Database; readonly setAside: string | null };

/**
 * Opens the catalog for writing, or makes an empty one. Throws CATALOG_TOO_NEW, and what the disk says. A file that is
 * not a sound catalog is renamed, never deleted, and replaced by an empty one.
 */
export async function openForWriting(file: string): Promise<OpenedDatabase> {
  const setAside = refuseDamaged(file);
  try {
    return { db: await prepare(file), setAside };
  } catch (error) {
    if (toCatalogError(error).code !== 'CATALOG_DAMAGED' || setAside !== null) throw error;
    const moved = moveAside(file);
    return { db: await prepare(file), setAside: moved };
  }
}

/** Reading needs a file that a writer has prepared. */
export function openForReading(file: string): Database {
  const db = openFile(file, { readonly: true });
  db.pragma('cache_size = -16384');
  db.pragma('temp_store = MEMORY');
  db.pragma('query_only = ON');
  return db;
}

/** The counterpart of `openForWriting`: after it, the file counts as left in order. */
export function closeForWriting(file: string, db: Database): void {
  // Without this a catalog of the past month's mistakes would have to be guessed at by the planner.
  try {
    db.pragma('optimize');
  } catch {
    markSuspect(file);
  }
  db.close();
  if (!existsSync(suspectFile(file))) rmSync(openedFile(file), { force: true });
}

/** Keeps the journal short: a long one makes every question slower. */
export class Journal {
  readonly #db: Database;
  readonly #file: string;
  #transactions = 0;

  constructor(file: string, db: Database) {
    this.#file = `${file}-wal`;
    this.#db = db;
  }

  /** To be called between transactions. */
  tend(): void {
    this.#transactions += 1;
    if (this.#transactions % 8 !== 0) return;
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size >= longJournalBytes) this.#db.pragma('wal_checkpoint(PASSIVE)');
  }
}

/** Has the file looked through when it is opened next: something in it was not as it should be. */
export function markSuspect(file: string): void {
  writeFileSync(suspectFile(file), '', { mode: 0o600 });
}

async function prepare(file: string): Promise<Database> {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  writeFileSync(openedFile(file), '', { mode: 0o600 });
  const db = openFile(file, { readonly: false });
  try {
    db.pragma('journal_mode = WAL');
    // A crash of the machine may lose the last moments, never the rest: what counts lies in the repository.
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    db.pragma('cache_size = -65536');
    db.pragma('temp_store = MEMORY');
    db.pragma('journal_size_limit = 67108864');
    // Moving the journal into the file takes its time, and is done between transactions (`Journal`).
    db.pragma('wal_autocheckpoint = 0');
    await migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

async function migrate(db: Database): Promise<void> {
  const versionNow = (): number => db.pragma('user_version', { simple: true }) as number;
  if (versionNow() === newestVersion) return;
  // Thirty files that are needed once after an update.
  const { migrations } = await import('./migrations/index.ts');
  db.transaction(() => {
    const version = versionNow();
    if (version > newestVersion) {
      const text = `The catalog is of version ${version}; this program knows versions up to ${newestVersion}.`;
      throw new HoldfastError('CATALOG_TOO_NEW', text);
    }
    if (version === 0) db.pragma(`application_id = ${applicationId}`);
    for (const migration of migrations) if (migration.version > version) db.exec(migration.sql);
    db.pragma(`user_version = ${newestVersion}`);
  }).immediate();
}

/** Moves a file away that is no sound catalog; returns where it lies now, null where all is well. */
function refuseDamaged(file: string): string | null {
  // Before there is anything in it, nothing can be wrong with it.
  if (!existsSync(file) || statSync(file).size === 0) return null;
  const { size } = statSync(file);
  const wasLeftOpen = existsSync(openedFile(file)) && size <= checkedAfterKillBytes;
  const whole = existsSync(suspectFile(file)) || wasLeftOpen || size <= alwaysCheckedBytes;
  if (isSound(file, whole)) {
    rmSync(suspectFile(file), { force: true });
    return null;
  }
  return moveAside(file);
}

function isSound(file: string, whole: boolean): boolean {
  let db: Database | null = null;
  try {
    // Not read-only: what a killed process has left in the journal belongs to the file.
    db = openFile(file, { readonly: false });
    const version = db.pragma('user_version', { simple: true }) as number;
    const owner = db.pragma('application_id', { simple: true }) as number;
    if (version > 0 && owner !== applicationId) return false;
    if (version === 0 && db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() !== 0) return false;
    return !whole || db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch (error) {
    if (toCatalogError(error).code === 'CATALOG_DAMAGED') return false;
    throw error;
  } finally {
    db?.close();
  }
}

function moveAside(file: string): string {
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  let place = `${file}.damaged-${stamp}`;
  for (let count = 2; existsSync(place); count++) place = `${file}.damaged-${stamp}-${count}`;
  for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) renameSync(file + part, place + part);
  rmSync(suspectFile(file), { force: true });
  rmSync(openedFile(file), { force: true });
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return place;
}

/** Is there while a writer has the file open: left behind by one that was killed. */
function openedFile(file: string): string {
  return `${file}.open`;
}

function suspectFile(file: string): string {
  return `${file}.suspect`;
}
