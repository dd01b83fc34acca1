import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { thawTiers } from '../model/s3-archive.ts';
import { detachSchema, idSchema, issueSchema, operationEvents, repositoryAccessSchema } from './common.ts';

const count = z.number().int().nonnegative();

export const scrubCoverageSchema = z.object({
  totalBytes: count,
  /** Read and found good within the time. */
  readBytes: count,
  totalFiles: count,
  readFiles: count,
  /** Epoch milliseconds, of the file that was read longest ago; null where one was never read. */
  oldestReadAtMs: z.number().nullable(),
});

export const scrubResultSchema = z.object({
  filesRead: count,
  bytesRead: count,
  /** Stored files that are not what they were. */
  damaged: z.array(issueSchema),
  coverage: scrubCoverageSchema,
  /** Within how many days every byte is read. */
  everyDays: z.number(),
  /** Why nothing more was read, where it costs; null: nothing stood in the way. */
  heldBack: z.string().nullable(),
  /** What lies in an archive class and should be read: nobody does before it was asked for. Null: nothing does. */
  asleep: z
    .object({
      files: count,
      bytes: count,
      /** Among them: those that somebody has asked for already, with this call or before. */
      waking: count,
      /** How fast, how long, and what it costs: of what is not asked for yet, or was asked for by this call. */
      tier: z.enum(thawTiers),
      words: z.array(z.string()),
      dollars: z.number(),
      /** The longest that it may take. */
      waitMs: z.number(),
    })
    .nullable(),
});
export type ScrubResult = z.infer<typeof scrubResultSchema>;

export const lostItemSchema = z.object({
  snapshot: idSchema,
  source: z.string(),
  /** A folder whose content nobody knows ends in a slash. */
  path: z.string(),
  /** Another snapshot with a whole version of it, the nearest in time. */
  nearest: z.object({ snapshot: idSchema, takenAtMs: z.number() }).nullable(),
});

export const repairReportSchema = z.object({
  packsRead: count,
  bytesRead: count,
  /** Damaged or missing files, and whether all of each that snapshots need is there again. */
  files: z.array(z.object({ path: z.string(), fault: z.string(), whole: z.boolean(), from: z.string().nullable() })),
  /** Where blobs came from, and their bytes there. */
  fetched: z.array(z.object({ from: z.string(), blobs: count, bytes: count })),
  /** Damaged files that cannot be rebuilt. */
  lostFiles: z.array(issueSchema),
  losses: z.object({ items: z.array(lostItemSchema), count, snapshots: z.array(idSchema) }),
  /** Damaged files that were moved out of the repository. */
  quarantined: count,
  /** Why what is damaged was not taken out yet. */
  postponed: z.string().nullable(),
  /** What a check of the structure finds afterwards. */
  remaining: z.array(issueSchema),
});
export type RepairReport = z.infer<typeof repairReportSchema>;

export const repairResultSchema = repairReportSchema.extend({ dryRun: z.boolean(), durationMs: z.number() });
export type RepairResult = z.infer<typeof repairResultSchema>;

export const healthSchema = z.object({
  everyDays: z.number(),
  /** Null where it was never scrubbed. */
  coverage: scrubCoverageSchema.nullable(),
  steppedAtMs: z.number().nullable(),
  /** Where the store locks files for a time, once somebody has looked. Times are epoch milliseconds. */
  locks: z
    .object({
      mode: z.enum(['governance', 'compliance']),
      days: z.number(),
      lookedAtMs: z.number(),
      needed: count,
      extended: count,
      untilMs: z.number().nullable(),
      problem: z.object({ text: z.string(), sinceMs: z.number() }).nullable(),
    })
    .nullable(),
  /** Damage that is known and not repaired. */
  damage: z.array(z.object({ path: z.string(), fault: z.string(), foundAtMs: z.number() })),
  /** Newest first. */
  repairs: z.array(z.object({ id: count, endedAtMs: z.number(), report: repairReportSchema })),
});
export type Health = z.infer<typeof healthSchema>;

const ofRepository = z.object({ repository: repositoryAccessSchema });

export const integrityContract = {
  /** Reads what is due, or all, and remembers what was good. */
  scrub: oc
    .input(
      ofRepository.extend({
        all: z.boolean().default(false),
        /** Asks for what is asleep: so fast, and for so many days, within which scrubs to come read it. */
        thaw: z.object({ tier: z.enum(thawTiers), days: z.number().int().min(1).max(90).default(7) }).optional(),
        detach: detachSchema,
      }),
    )
    .output(eventIterator(operationEvents(scrubResultSchema))),
  /** Rebuilds what is damaged from what is intact elsewhere: in the repository, at the source, in other repositories. */
  repair: oc
    .input(
      ofRepository.extend({
        dryRun: z.boolean().default(false),
        /** Also snapshots that are gone although nothing else is damaged. */
        bringBack: z.boolean().default(false),
        /** Further repositories to fetch from, after those the console is connected with. */
        from: z.array(repositoryAccessSchema).max(20).default([]),
        detach: detachSchema,
      }),
    )
    .output(eventIterator(operationEvents(repairResultSchema))),
  health: oc.input(ofRepository).output(healthSchema),
};
