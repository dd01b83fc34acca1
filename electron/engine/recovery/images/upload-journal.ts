/**
 * What is known of snapshots that are being written into AWS, kept in the home until they are complete: so that a killed
 * upload goes on instead of beginning a second snapshot, and none stays behind in AWS that nobody knows of.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { accountIdPattern, snapshotPattern } from '../../../../shared/model/aws.ts';
import { regionSchema } from '../../../../shared/contract/aws-sources.ts';
import { BlockJournal } from '../../aws/ebs/block-journal.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';

const recordSchema = z.object({
  format: z.literal(1),
  /** The same for the same image, place and wishes. */
  key: z.string().regex(/^[0-9a-f]{32}$/),
  /** Of StartSnapshot: the same gives the same snapshot. */
  clientToken: z.string().min(1).max(64),
  /** Null until AWS has named it. */
  snapshot: z.string().regex(snapshotPattern).nullable(),
  accountId: z.string().regex(accountIdPattern),
  region: regionSchema,
  endpoint: z.string().nullable(),
  /** The registered account it was begun with. */
  account: z.string().nullable(),
  /** For people: what is brought back. */
  what: z.string(),
  sizeGib: z.number().int().positive(),
  parent: z.string().regex(snapshotPattern).nullable(),
  begunAtMs: z.number(),
  /** CompleteSnapshot was asked for, and may have been answered. */
  completing: z.boolean(),
});
export type UploadRecord = z.infer<typeof recordSchema>;

const largestRecord = 64 * 1024;

export function uploadsFolder(home: string): string {
  return join(home, 'uploads');
}

export function uploadKey(facts: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

/** What an earlier run has begun, of this very upload. */
export function findUpload(home: string, key: string): Promise<UploadRecord | null> {
  return readRecord(join(uploadsFolder(home), `${key}.json`));
}

/** All that are begun and not known to be complete, oldest first. */
export async function listUploads(home: string): Promise<readonly UploadRecord[]> {
  const names = await readdir(uploadsFolder(home)).catch(() => []);
  const records: UploadRecord[] = [];
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const record = await readRecord(join(uploadsFolder(home), name));
    if (record !== null) records.push(record);
  }
  return records.toSorted((a, b) => a.begunAtMs - b.begunAtMs);
}

export class UploadJournal {
  readonly blocks: BlockJournal;
  readonly #path: string;
  #record: UploadRecord;

  private constructor(path: string, record: UploadRecord, blocks: BlockJournal) {
    this.#path = path;
    this.#record = record;
    this.blocks = blocks;
  }

  /** What an earlier run has left; else durable, with a fresh token, before anything is asked of AWS. */
  static async open(
    home: string,
    fresh: Omit<UploadRecord, 'format' | 'clientToken' | 'snapshot' | 'completing'>,
  ): Promise<UploadJournal> {
    const folder = uploadsFolder(home);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${fresh.key}.json`);
    const blocks = new BlockJournal(join(folder, `${fresh.key}.blocks`));
    const known = await readRecord(path);
    const journal = new UploadJournal(path, known ?? unbegun(fresh), blocks);
    if (known === null) await journal.beginAnew();
    return journal;
  }

  get record(): UploadRecord {
    return this.#record;
  }

  /** For another snapshot than the one so far. */
  async beginAnew(): Promise<void> {
    this.blocks.remove();
    await this.note({ snapshot: null, completing: false, clientToken: randomUUID() });
  }

  async note(news: Partial<Pick<UploadRecord, 'snapshot' | 'completing' | 'clientToken'>>): Promise<void> {
    this.#record = { ...this.#record, ...news };
    await writeFileAtomically(this.#path, JSON.stringify(this.#record));
  }

  async remove(): Promise<void> {
    this.blocks.remove();
    await rm(this.#path, { force: true });
  }
}

export async function forgetUpload(home: string, { key }: UploadRecord): Promise<void> {
  new BlockJournal(join(uploadsFolder(home), `${key}.blocks`)).remove();
  await rm(join(uploadsFolder(home), `${key}.json`), { force: true });
}

function unbegun(fresh: Omit<UploadRecord, 'format' | 'clientToken' | 'snapshot' | 'completing'>): UploadRecord {
  return { ...fresh, format: 1, clientToken: randomUUID(), snapshot: null, completing: false };
}

async function readRecord(path: string): Promise<UploadRecord | null> {
  const text = await readSmallFile(path, largestRecord).catch(() => null);
  if (text === null) return null;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
