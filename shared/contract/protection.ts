import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  checkNoteSchema,
  consistencyFields,
  detachSchema,
  idSchema,
  issueSchema,
  operationEvents,
  repositoryAccessSchema,
  runStatusSchema,
} from './common.ts';

export const protectInputSchema = z.object({
  repository: repositoryAccessSchema,
  /** Absolute paths. Empty with `registered`. */
  paths: z.array(z.string().min(1)).default([]),
  /** Name of a registered source: its paths and options are taken, those of the call are not. SOURCE_UNKNOWN. */
  registered: z.string().min(1).max(200).optional(),
  /** Name of the source; by default made from the paths. */
  source: z.string().min(1).max(200).optional(),
  /** gitignore patterns, relative to each path. */
  excludes: z.array(z.string()).default([]),
  excludeCaches: z.boolean().default(false),
  excludeLargerThanBytes: z.number().int().positive().optional(),
  oneFileSystem: z.boolean().default(false),
  /** Those that begin with `holdfast:` are facts Holdfast states itself. */
  tags: z.array(z.string().regex(/^(?!holdfast:)[^,]+$/)).default([]),
  allowEmpty: z.boolean().default(false),
  allowUnmounted: z.boolean().default(false),
  /** Read every file again, whatever the parent snapshot says. */
  force: z.boolean().default(false),
  /** Whether the hooks of a registered source run around it. */
  hooks: z.boolean().default(true),
  detach: detachSchema,
});
export type ProtectInput = z.input<typeof protectInputSchema>;

export const protectResultSchema = z.object({
  snapshot: idSchema,
  parent: idSchema.nullable(),
  source: z.string(),
  status: runStatusSchema,
  takenAt: z.string(),
  files: z.object({ new: z.number(), changed: z.number(), unmodified: z.number() }),
  folders: z.object({ new: z.number(), changed: z.number(), unmodified: z.number() }),
  /** Bytes of all files in the snapshot. */
  bytes: z.number().int(),
  /** Bytes of new blobs before and after compression. */
  addedBytes: z.number().int(),
  storedBytes: z.number().int(),
  durationMs: z.number(),
  /** What could not be read, or changed while it was read. */
  issues: z.array(issueSchema),
  /** Per top folder: whether all of it was read in this run. */
  items: z.array(
    z.object({
      path: z.string(),
      complete: z.boolean(),
      /** Whether it is not complete by an exception that an operator has made. */
      accepted: z.boolean().optional(),
    }),
  ),
  /** Mirrors of Git that this run has looked through as a whole, with what is damaged in them. */
  checkedMirrors: z.array(checkNoteSchema.extend({ path: z.string(), repaired: z.boolean() })),
  /** Why it looks as if something had happened to the source; see shared/model/change-rate.ts. Null: it does not. */
  suspicion: z.string().nullable(),
  ...consistencyFields,
});
export type ProtectResult = z.infer<typeof protectResultSchema>;

export const protectionContract = {
  protect: oc.input(protectInputSchema).output(eventIterator(operationEvents(protectResultSchema))),
};
