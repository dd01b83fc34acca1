/**
 * Read-through: what is damaged or missing here comes from somewhere else while it is read, so that whoever reads goes on.
 * Nothing is believed that does not have the id it was asked by.
 */
import { createHash } from 'node:crypto';
import { HoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import type { BlobType } from './blob-index.ts';

export type Rescued = {
  readonly plain: Uint8Array;
  /** For people; null: it came from where it was asked for first, after all. */
  readonly from: string | null;
};

/** Null where nobody has it intact. `why`: what kept it from being read. */
export type BlobRescue = (type: BlobType, id: string, why?: ErrorCode) => Promise<Rescued | null>;

/** What reading says of a blob that another copy may stand in for. */
const rescuable: ReadonlySet<string> = new Set([
  'BLOB_DAMAGED',
  'BLOB_MISSING',
  'STORED_FILE_DAMAGED',
  'STORED_FILE_MISSING',
  'IO_ERROR',
  'S3_ARCHIVED',
  'REPOSITORY_UNREACHABLE',
]);

/** The plain bytes from elsewhere, or the error where there are none. */
export async function rescueFrom(
  rescue: BlobRescue | null,
  { type, id }: { readonly type: BlobType; readonly id: string },
  error: unknown,
): Promise<Buffer> {
  if (rescue === null || !(error instanceof HoldfastError) || !rescuable.has(error.code)) throw error;
  const found = await rescue(type, id, error.code);
  if (found === null || !isWhatItSays(found, id)) throw error;
  return Buffer.from(found.plain.buffer, found.plain.byteOffset, found.plain.length);
}

function isWhatItSays({ plain }: Rescued, id: string): boolean {
  return createHash('sha256').update(plain).digest('hex') === id;
}

/** What came from a place that is not the one it was asked for first; plain bytes. */
export type RescuedFrom = { readonly from: string; readonly pieces: number; readonly bytes: number };

/** Counts what came from where. */
export class RescueCount {
  readonly rescue: BlobRescue | null;
  readonly #places = new Map<string, { pieces: number; bytes: number }>();

  constructor(rescue: BlobRescue | null) {
    this.rescue =
      rescue === null
        ? null
        : async (type, id, why) => {
            const found = await rescue(type, id, why);
            if (found === null || !isWhatItSays(found, id)) return null;
            if (found.from !== null) this.#count(found.from, found.plain.length);
            return found;
          };
  }

  /** What came from which place. */
  places(): RescuedFrom[] {
    return [...this.#places].map(([from, counts]) => ({ from, ...counts }));
  }

  /** A sentence for each place that something came from. */
  words(): readonly string[] {
    return this.places().map(({ from, pieces }) => {
      const what = pieces === 1 ? 'One piece' : `${pieces} pieces`;
      return `${what} could not be read in the repository and came from ${from} instead.`;
    });
  }

  #count(from: string, bytes: number): void {
    const counts = this.#places.get(from) ?? { pieces: 0, bytes: 0 };
    this.#places.set(from, { pieces: counts.pieces + 1, bytes: counts.bytes + bytes });
  }
}
