/** What is known of an object beside its content: a line of JSON for each, in a file beside the objects of a folder. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const text = z.string().max(16 * 1024);
const optional = text.optional();

export const recordSchema = z.object({
  /** As it stands beside this line. */
  name: z.string().max(255),
  key: z.string().max(4096),
  size: z.number().int().nonnegative(),
  etag: text,
  /** ISO-8601. */
  lastModified: text,
  versionId: optional,
  /** Of a version, or a marker that says it was deleted, which is not what the key is now. */
  old: z.literal(true).optional(),
  deleteMarker: z.literal(true).optional(),
  storageClass: optional,
  contentType: optional,
  contentEncoding: optional,
  contentDisposition: optional,
  contentLanguage: optional,
  cacheControl: optional,
  expires: optional,
  websiteRedirect: optional,
  metadata: z.record(z.string(), text).optional(),
  tags: z.array(z.tuple([text, text])).optional(),
  /** As S3 gives it. */
  acl: z.unknown().optional(),
  /** By algorithm, as `CRC32`; of the whole object. */
  checksums: z.record(z.string(), text).optional(),
  encryption: optional,
  kmsKey: optional,
});
export type ObjectRecord = z.infer<typeof recordSchema>;

/** What a list says of an object. */
export type ListedObject = {
  /** Its bytes, one character each. */
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly versionId: string | null;
  readonly storageClass: string | null;
  /** A marker that the key was deleted. */
  readonly isMarker: boolean;
  /** What the key is now. */
  readonly isLatest: boolean;
  /** In a class from which it has to be brought back before it can be read. */
  readonly isArchived: boolean;
};

/** What an unchanged object has in common with what was captured: 64 bits, beside its size and time. */
export function fingerprintOf({ etag, versionId, isMarker }: ListedObject): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([etag, versionId, isMarker]))
    .digest();
  // As a number that is nothing special to whoever reads the snapshot.
  return String(digest.readBigUInt64BE(0) | 1n);
}

export function formatRecord(record: ObjectRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Lines by name; what is no record is left out. */
export function parseRecords(lines: string): Map<string, ObjectRecord> {
  const records = new Map<string, ObjectRecord>();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const parsed = recordSchema.safeParse(parseJson(line));
    if (parsed.success) records.set(parsed.data.name, parsed.data);
  }
  return records;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
