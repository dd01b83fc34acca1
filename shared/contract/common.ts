import { z } from 'zod';
import { errorCatalog, type ErrorCode } from '../model/errors.ts';
import { checkWays } from '../model/mirror-checks.ts';
import { consistencies } from '../model/hooks.ts';
import { repositoryReachSchema } from './repository-access.ts';

/** Who calls, and for which isolated owner. Every call carries it, every row stores it. */
export const callerSchema = z.object({ tenant: z.string().min(1).max(64), actor: z.string().min(1).max(256) });
export type Caller = z.infer<typeof callerSchema>;

export const connectionIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

export const locatedRepositorySchema = z.object({
  location: z.string().min(1),
  password: z.string().min(1),
  /** Beside what a connection to that place has; without both, as anybody. */
  reach: repositoryReachSchema.optional(),
});

/**
 * How to reach and open a repository: `location` as shared/model/location.ts has it. The password never leaves the engine again. Or
 * the id of one that the console is connected with: PASSWORD_NEEDED while nobody has entered its password.
 */
export const repositoryAccessSchema = z.union([locatedRepositorySchema, z.object({ id: connectionIdSchema })]);
export type LocatedRepository = z.infer<typeof locatedRepositorySchema>;
export type RepositoryAccess = z.infer<typeof repositoryAccessSchema>;

const errorCodes = Object.keys(errorCatalog) as [ErrorCode, ...ErrorCode[]];
export const errorReportSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  meaning: z.string(),
  action: z.string(),
});

/**
 * Something that did not go as asked while the rest went on. `path` is for people: bytes that are not UTF-8 are shown
 * as `\xNN`.
 */
export const issueSchema = z.object({
  path: z.string(),
  code: z.enum(errorCodes),
  message: z.string(),
});
export type Issue = z.infer<typeof issueSchema>;

/**
 * How far a long operation is. `totalBytes` and `totalItems` are null until the whole amount is known; there is no
 * estimate before that. Bytes are of the source or target, not of the repository.
 */
export const progressSchema = z.object({
  phase: z.string(),
  doneItems: z.number().int().nonnegative(),
  totalItems: z.number().int().nonnegative().nullable(),
  doneBytes: z.number().int().nonnegative(),
  totalBytes: z.number().int().nonnegative().nullable(),
  currentItem: z.string().nullable(),
  issues: z.number().int().nonnegative(),
});
export type Progress = z.infer<typeof progressSchema>;

export const jobIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

/**
 * A long operation with `detach` goes on when whoever started it leaves. Only an engine that stays can promise that:
 * NO_ENGINE_STAYS otherwise.
 */
export const detachSchema = z.boolean().default(false);

/**
 * Events of a long operation: first `job`, its id in the list of jobs; then any number of `progress`, `issue` and
 * `notice`, then exactly one `done`; a failure throws.
 */
export const operationEvents = <Result extends z.ZodType>(result: Result) =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('job'), job: jobIdSchema }),
    z.object({ type: z.literal('progress'), progress: progressSchema }),
    z.object({ type: z.literal('issue'), issue: issueSchema }),
    z.object({ type: z.literal('notice'), text: z.string() }),
    z.object({ type: z.literal('done'), result }),
  ]);

/** 64 hexadecimal digits: SHA-256 of what it names. */
export const idSchema = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * `complete` and `completeWithExceptions` count for freshness, `partial` does not. `pending`: native snapshots that it
 * tells of are not completed yet; one of the others takes its place then.
 */
export const runStatusSchema = z.enum(['complete', 'completeWithExceptions', 'partial', 'pending']);
export type RunStatus = z.infer<typeof runStatusSchema>;

export const consistencyFields = {
  /** Whether the source held still while it was read; null: nothing was asked to. See shared/model/hooks.ts. */
  consistency: z.enum(consistencies).nullable(),
  /** What did not go as asked with that; also where a hook after the capture failed. */
  consistencyProblem: z.string().nullable(),
};

/** What was noted when every object of a mirror was last looked at; see shared/model/mirror-checks.ts. */
export const checkNoteSchema = z.object({
  /** ISO-8601. */
  at: z.string(),
  how: z.enum(checkWays),
  /** What is damaged; empty: it is sound. */
  problems: z.array(z.string()).readonly(),
});
