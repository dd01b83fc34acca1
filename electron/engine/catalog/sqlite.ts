/** SQLite itself, loaded when this file is: a thread that imports it may be ended once its imports are through. */
import Sqlite from 'better-sqlite3';

new Sqlite(':memory:').close();

export type Database = Sqlite.Database;

export type DatabaseOptions = { readonly readonly: boolean };

/** How long another process may hold the file before a call fails with CATALOG_BUSY. */
const busyTimeoutMs = 5000;

/** Throws an Error with SQLite's code where there is no file that can be opened. */
export function openFile(file: string, { readonly }: DatabaseOptions): Database {
  return new Sqlite(file, { readonly, fileMustExist: true, timeout: busyTimeoutMs });
}
