/** SQLite's failures as the operator's. */
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';

const codes: readonly (readonly [beginning: string, code: ErrorCode])[] = [
  ['SQLITE_CORRUPT', 'CATALOG_DAMAGED'],
  ['SQLITE_NOTADB', 'CATALOG_DAMAGED'],
  ['SQLITE_FULL', 'NO_SPACE'],
  ['SQLITE_READONLY', 'READ_ONLY'],
  ['SQLITE_BUSY', 'CATALOG_BUSY'],
  ['SQLITE_PERM', 'NO_PERMISSION'],
  ['SQLITE_AUTH', 'NO_PERMISSION'],
  ['SQLITE_CANTOPEN', 'IO_ERROR'],
  ['SQLITE_IOERR', 'IO_ERROR'],
];

export function toCatalogError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError || !(error instanceof Error)) return toHoldfastError(error);
  const sqliteCode = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = codes.find(([beginning]) => sqliteCode.startsWith(beginning));
  if (known === undefined) return toHoldfastError(error);
  return new HoldfastError(known[1], `The catalog cannot be used: ${error.message}.`, { cause: error });
}
