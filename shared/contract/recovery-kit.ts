import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, repositoryAccessSchema } from './common.ts';
import { keySchema } from './keys.ts';

/** In characters: a thousand sources with long paths, and more than any kit is. */
export const maximumKitLength = 4 * 1024 * 1024;

/** What a stranger needs to recover from a repository with stock tools. Holds no secret. */
export const recoveryKitSchema = z.object({
  /** ISO-8601 UTC. */
  madeAt: z.string(),
  madeBy: z.string(),
  hostname: z.string(),
  program: z.string(),
  repository: z.object({ id: idSchema, location: z.string(), version: z.union([z.literal(1), z.literal(2)]) }),
  keys: z.array(keySchema.omit({ current: true })),
  /** One for each source and machine, its newest snapshot; the newest thousand. */
  sources: z.array(
    z.object({
      source: z.string(),
      hostname: z.string(),
      paths: z.array(z.string()),
      snapshot: idSchema,
      takenAt: z.string(),
      snapshots: z.number().int().positive(),
    }),
  ),
  /** By which evidence of this console is signed; null where nothing was signed yet. */
  evidenceKey: z.object({ fingerprint: z.string(), publicKey: z.string() }).nullable(),
  /** Who can be asked, as the setting `recovery.contacts` has it; empty where nobody has set it. */
  contacts: z.array(z.string()),
  sourceCount: z.number().int().nonnegative(),
  commands: z.array(z.object({ purpose: z.string(), command: z.string() })),
  /** The kit as pages to print: plain text, and HTML that needs nothing else. */
  text: z.string(),
  html: z.string(),
  /** The kit as a file that Holdfast opens: JSON, called `*.holdfast-kit`. */
  file: z.string(),
});
export type RecoveryKit = z.infer<typeof recoveryKitSchema>;

/** What a file says. Whoever made it may have written anything: commands are made anew from the place it names. */
export const readKitSchema = recoveryKitSchema.omit({ text: true, html: true, file: true });
export type ReadKit = z.infer<typeof readKitSchema>;

export const recoveryKitContract = {
  /** `kept`: it is about to be saved or printed, so that it is known when it has become old. */
  make: oc
    .input(z.object({ repository: repositoryAccessSchema, kept: z.boolean().default(false) }))
    .output(recoveryKitSchema),
  /** What a kit that was kept as a file says: KIT_UNREADABLE where it is none. Nothing is opened or asked. */
  read: oc.input(z.object({ text: z.string().max(maximumKitLength) })).output(readKitSchema),
  /** When it was saved last, and what has changed since. */
  standing: oc.input(z.object({})).output(z.object({ savedAt: z.string().nullable(), changes: z.array(z.string()) })),
};
