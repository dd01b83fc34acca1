/** What a run has written about the repositories of an owner, read from a snapshot: which were had, and what became of the others. */
import { z } from 'zod';
import { organisationFile, repositoryStates } from '../../../../shared/model/organisation.ts';
import { joinRaw, type RawPath } from '../../platform/raw-path.ts';
import type { SnapshotTree } from './snapshot-tree.ts';

const amount = z.number().int().nonnegative();
const text = z.string().max(2000);
const nullableText = text.nullable().catch(null);

/** Of a snapshot of an earlier version there is less. */
const toldSchema = z.object({
  name: z.string().min(1).max(140),
  folder: z
    .string()
    .regex(/^[\w.~-]{1,140}$/)
    .nullable(),
  selected: z.boolean(),
  state: z.enum(repositoryStates),
  reason: nullableText.default(null),
  since: nullableText.default(null),
  wholeAt: nullableText.default(null),
  private: z.boolean().nullable().catch(null).default(null),
  archived: z.boolean().nullable().catch(null).default(null),
  pushedAt: nullableText.default(null),
  bytes: amount.nullable().catch(null).default(null),
  /** Undefined where the run did not tell. */
  lfs: z.object({ complete: z.boolean(), objects: amount, bytes: amount }).nullable().optional().catch(undefined),
});
export type ToldRepository = z.infer<typeof toldSchema>;

const fileSchema = z.object({
  owner: z.object({ login: text }),
  repositories: z.array(toldSchema),
  mayNotSee: z.array(text).default([]),
  notCaptured: z.array(text).default([]),
});
export type ToldSource = z.infer<typeof fileSchema>;

const largestBytes = 64 * 1024 * 1024;

/** Null where a folder has none, or what is there is no such file. */
export async function readToldSource(tree: SnapshotTree, folder: RawPath): Promise<ToldSource | null> {
  const bytes = await tree.file(joinRaw(folder, organisationFile), largestBytes);
  if (bytes === null) return null;
  try {
    return fileSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return null;
  }
}
