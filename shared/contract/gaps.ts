/** What is unprotected: folders of this machine, things in AWS, repositories on GitHub, and sources that lack something. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { placeKinds } from '../model/unprotected-places.ts';

const count = z.number().nonnegative().nullable();

export const gapKinds = [...placeKinds, 'instance', 'volume', 'bucket', 'git repository', 'source'] as const;

export const gapSchema = z.object({
  /** Kind and name: by it a gap is put aside. */
  id: z.string(),
  kind: z.enum(gapKinds),
  /** The path of a folder; the name of anything else. */
  name: z.string(),
  title: z.string(),
  /** The region and account, or the owner; null of what lies on this machine. */
  where: z.string().nullable(),
  /** What to think of; null: nothing. */
  hint: z.string().nullable(),
  files: count,
  bytes: count,
  /** There is more than was counted. */
  more: z.boolean(),
  /** Folders in it that sources have: it is protected in part. */
  inside: z.array(z.string()),
  /** The source to mend, or to begin with; null where a new one is to be made. */
  source: z.string().nullable(),
  /** Who has said that it is not worth it; null: nobody. */
  dismissed: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
});
export type Gap = z.infer<typeof gapSchema>;

export const gapsSchema = z.object({
  /** Those that were put aside come last. */
  gaps: z.array(gapSchema),
  /** Where was looked, in words. */
  lookedAt: z.array(z.string()),
  /** Where could not be looked, each in a sentence. */
  notLooked: z.array(z.string()),
});
export type Gaps = z.infer<typeof gapsSchema>;

const reference = z.object({ gap: z.string().min(1).max(8192) });

export const gapsContract = {
  /** Takes some seconds. `outside`: AWS and GitHub are asked too, which takes up to a minute. Nothing is changed. */
  list: oc.input(z.object({ outside: z.boolean().default(false) })).output(gapsSchema),
  /** It is not worth it: from now on it is named apart, with who has said so. */
  dismiss: oc.input(reference.extend({ reason: z.string().max(500).default('') })).output(z.object({})),
  /** It is a gap again. */
  restore: oc.input(reference).output(z.object({})),
};
