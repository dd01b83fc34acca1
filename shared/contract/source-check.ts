/** Looking whether a source can be protected now: what answers, what may be seen, and what its next run would do. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { leftOutReasons } from '../model/github-filters.ts';
import { sourceKinds } from '../model/source-kinds.ts';
import { issueSchema } from './common.ts';

const count = z.number().int().nonnegative();
/** `limited`: some of it can be had. `failed`: a run would have nothing of it. */
export const checkStates = ['good', 'limited', 'failed'] as const;
const stateSchema = z.enum(checkStates);

/** How many there are, and a thousand of them at most by name. */
const namesSchema = z.object({ count, names: z.array(z.string()) });

export const sourceCheckSchema = z.object({
  name: z.string(),
  kind: z.enum(sourceKinds),
  state: stateSchema,
  /** Each path, each address, or the owner: whether it answers. */
  places: z.array(
    z.object({
      place: z.string(),
      state: stateSchema,
      /** What it is or holds, or what is wrong with it. */
      words: z.string(),
      /** Of an error; null where it answers. */
      code: z.string().nullable(),
    }),
  ),
  credential: z
    .object({
      kind: z.enum(['none', 'token', 'fineGrained', 'app']),
      scopes: z.array(z.string()),
      /** ISO-8601; null where it does not expire, or does not say. */
      expiresAt: z.string().nullable(),
    })
    .nullable(),
  /** What the credential was not shown, each in words for people. */
  mayNotSee: z.array(z.string()),
  /** Files and folders that could not be read; a thousand at most. */
  issues: z.array(issueSchema),
  /** What a run would find in folders; `whole`: false where that was not counted to the end. */
  amount: z.object({ files: count, folders: count, bytes: count, whole: z.boolean() }).nullable(),
  /** What the next run would do with the repositories of an owner, held against what the last one knew. */
  next: z
    .object({
      selected: count,
      /** As the server says; without Git LFS. */
      bytes: count,
      new: namesSchema,
      /** Known before and not listed now. A run looks for each by its number, and keeps what it has of it. */
      gone: namesSchema,
      leftOut: z.array(z.object({ by: z.enum(leftOutReasons), count, names: z.array(z.string()) })),
      /** Why it would end before anything is fetched; null where it would not. */
      refused: z.string().nullable(),
    })
    .nullable(),
});
export type SourceCheck = z.infer<typeof sourceCheckSchema>;

/** Nothing is changed, here or there. SOURCE_UNKNOWN; what cannot be reached is part of the answer. */
export const check = oc.input(z.object({ name: z.string().min(1).max(200) })).output(sourceCheckSchema);
