/**
 * Read-through: what is damaged or missing here comes from somewhere else while it is read, so that whoever reads goes on.
 * Nothing is believed that does not have the id it was asked by.
 */
import { createHash } from 'node:crypto';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { BlobType } from './blob-index.ts';

export type Rescued = { readonly plain: Uint8Array; /** For people. */ readonly from: string };

/** Null where nobody has it intact. */
export type BlobRescue = (type: BlobType, id: string) => Promise<Rescued | null>;

/** What reading says of a blob that another copy may stand in for. */
const rescuable: ReadonlySet<string> = new Set([
  'BLOB_DAMAGED',
  'BLOB_MISSING',
  'STORED_FILE_DAMAGED',
  'STORED_FILE_MISSING',
  'IO_ERROR',
  'S3_ARCHIVED',
]);

/** The plain bytes from elsewhere, or the error where there are none. */
export async function rescueFrom(
  rescue: BlobRescue | null,
  { type, id }: { readonly type: BlobType; readonly id: string },
  error: unknown,
): Promise<Buffer> {
  if (rescue === null || !(error instanceof HoldfastError) || !rescuable.has(error.code)) throw error;
  const found = await rescue(type, id);
  if (found === null || !isWhatItSays(found, id)) throw error;
  return Buffer.from(found.plain.buffer, found.plain.byteOffset, found.plain.length);
}

function isWhatItSays({ plain }: Rescued, id: string): boolean {
  return createHash('sha256').update(plain).digest('hex') === id;
}

/** Counts what came from where. */
export class RescueCount {
  readonly rescue: BlobRescue | null;
  readonly #blobs = new Map<string, number>();

  constructor(rescue: BlobRescue | null) {
    this.rescue =
      rescue === null
        ? null
        : async (type, id) => {
            const found = await rescue(type, id);
            if (found === null || !isWhatItSays(found, id)) return null;
            this.#blobs.set(found.from, (this.#blobs.get(found.from) ?? 0) + 1);
            return found;
          };
  }

  /** A sentence for each place that something came from. */
  words(): readonly string[] {
    return [...this.#blobs].map(([from, blobs]) => {
      const what = blobs === 1 ? 'One piece' : `${blobs} pieces`;
      return `${what} could not be read in the repository and came from ${from} instead.`;
    });
  }
}
