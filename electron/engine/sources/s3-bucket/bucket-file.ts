/** What a snapshot of a bucket says of itself, in a file beside its objects. */
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import { findNode } from '../../repository/tree-lookup.ts';

export const bucketFile = '%+bucket.json';
/** Versions that are not what their keys are, and markers of what was deleted. */
export const versionsFolder = '%+versions';

const bucketFactsSchema = z.object({
  format: z.literal(1),
  bucket: z.string().max(255),
  prefix: z.string().max(1024),
  versions: z.boolean(),
  objects: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  /** Of what keys are now, by storage class; snapshots of before do not say. */
  classes: z
    .record(z.string(), z.object({ objects: z.number().int().nonnegative(), bytes: z.number().nonnegative() }))
    .optional(),
});
export type BucketFacts = z.infer<typeof bucketFactsSchema>;

export function formatBucketFile(of: Omit<BucketFacts, 'format'>): Buffer {
  const { bucket, prefix, versions, objects, bytes, classes } = of;
  const facts: BucketFacts = { format: 1, bucket, prefix, versions, objects, bytes, classes };
  return Buffer.from(`${JSON.stringify(facts, null, 2)}\n`);
}

/** Null where there is none, or it cannot be read. */
export async function readBucketFile(reader: BlobReader, tree: string | null): Promise<BucketFacts | null> {
  if (tree === null) return null;
  try {
    const node = await findNode(reader, tree, `/${bucketFile}`, bucketFile);
    const [id, ...others] = node?.content ?? [];
    if (id === undefined || others.length > 0) return null;
    return bucketFactsSchema.parse(JSON.parse((await reader.load('data', id)).toString('utf8')));
  } catch (error) {
    if (error instanceof HoldfastError || error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
