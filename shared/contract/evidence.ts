import { oc } from '@orpc/contract';
import { z } from 'zod';
import { chainLogs, evidenceKinds, evidenceResults } from '../model/evidence.ts';

const count = z.number().int().nonnegative();
/** ISO-8601 UTC. */
const time = z.string();
/** The first 16 digits of the hash of its entry. */
const evidenceIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
/** An id, or the beginning of one. EVIDENCE_NOT_FOUND, EVIDENCE_AMBIGUOUS. */
const reference = z.object({ id: z.string().regex(/^[0-9a-f]{1,16}$/) });
const logSchema = z.enum(chainLogs);

export const evidenceEntrySchema = z.object({
  id: evidenceIdSchema,
  kind: z.enum(evidenceKinds),
  title: z.string(),
  /** Id of the run, drill, job or repository that it is of. */
  subject: z.string(),
  actor: z.string(),
  startedAt: time,
  endedAt: time,
  result: z.enum(evidenceResults),
});
export type EvidenceEntry = z.infer<typeof evidenceEntrySchema>;

const stepSchema = z.object({
  title: z.string(),
  outcome: z.string(),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  output: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** See shared/model/evidence.ts. */
export const evidenceRecordSchema = z.object({
  kind: z.enum(evidenceKinds),
  title: z.string(),
  subject: z.string(),
  tenant: z.string(),
  actor: z.string(),
  startedAt: time,
  endedAt: time,
  result: z.enum(evidenceResults),
  points: z.array(
    z.object({
      repository: z.string().nullable(),
      snapshot: z.string(),
      source: z.string(),
      takenAt: time,
      path: z.string(),
    }),
  ),
  steps: z.array(stepSchema),
  verification: z
    .object({
      ok: z.boolean(),
      checks: z.array(z.string()),
      problems: z.array(z.string()),
      files: count.nullable(),
      bytes: count.nullable(),
    })
    .nullable(),
  rto: z
    .object({ targetMs: z.number().nullable(), measuredMs: z.number().nullable(), humanMs: z.number().nullable() })
    .nullable(),
  notes: z.array(z.string()),
});
export type EvidenceRecord = z.infer<typeof evidenceRecordSchema>;

export const evidenceShownSchema = z.object({
  id: evidenceIdSchema,
  record: evidenceRecordSchema,
  /** Where it stands: chain, number, when it was written, the hash of it and of the one before, and the signature. */
  entry: z.object({
    chain: z.string(),
    seq: count,
    at: time,
    hash: z.string(),
    prev: z.string(),
    /** Fingerprint of the key. */
    key: z.string(),
    /** Empty: a later entry signs for it. */
    signature: z.string(),
  }),
  /** Whether the signature is that of the key: `later` where a later entry signs for it. */
  signed: z.enum(['yes', 'later', 'no']),
  /** The line of the chain as it lies there, for whoever verifies it elsewhere. */
  line: z.string(),
  /** 32 bytes in hexadecimal digits; null where the chain does not say. */
  publicKey: z.string().nullable(),
});
export type EvidenceShown = z.infer<typeof evidenceShownSchema>;

const formerSchema = z.object({ chain: z.string(), seq: count.nullable(), hash: z.string().nullable() });

export const chainVerdictSchema = z.object({
  chain: z.string().nullable(),
  log: logSchema.nullable(),
  /** The first and last entry that is there. */
  from: count.nullable(),
  to: count.nullable(),
  head: z.string().nullable(),
  firstAt: time.nullable(),
  lastAt: time.nullable(),
  keys: z.array(z.string()),
  continues: formerSchema.nullable(),
  /** At the end, not covered by a signature yet. */
  unsigned: count,
  problems: z.array(z.object({ seq: count, problem: z.string() })),
  problemCount: count,
});

export const anchorVerdictSchema = z.object({
  /** Of a site, else of a connection. */
  name: z.string(),
  location: z.string(),
  appendOnly: z.boolean(),
  /** Configurations there that state a head of a chain of this console. */
  anchors: count,
  /** The newest that fits: what came before it cannot have been changed since. */
  newest: z.object({ log: logSchema, seq: count, savedAt: time }).nullable(),
  /** Anchors that do not fit: the chain was written anew after `after`, at the latest at `at`. */
  diverged: z.array(z.object({ log: logSchema, chain: z.string(), after: count.nullable(), at: count, savedAt: time })),
  /** Why nobody could look; null: somebody did. */
  problem: z.string().nullable(),
});
export type AnchorVerdict = z.infer<typeof anchorVerdictSchema>;

export const evidenceVerdictSchema = z.object({
  /** Nothing is wrong as far as could be looked. */
  ok: z.boolean(),
  chains: z.array(chainVerdictSchema),
  /** Empty where they were not asked for. */
  anchors: z.array(anchorVerdictSchema),
  /** Why the newest entries could not be written; null: they were. */
  trouble: z.string().nullable(),
});
export type EvidenceVerdict = z.infer<typeof evidenceVerdictSchema>;

export const auditLineSchema = z.object({
  id: evidenceIdSchema,
  seq: count,
  at: time,
  actor: z.string(),
  /** How it came in: `command line`, `desktop`, `session …`, `token …`. */
  door: z.string(),
  call: z.string(),
  targets: z.record(z.string(), z.string()),
  /** `begun`, `done`, `left`, or the code of an error. */
  outcome: z.string(),
});
export type AuditLine = z.infer<typeof auditLineSchema>;

export const evidenceKeySchema = z.object({
  fingerprint: z.string(),
  publicKey: z.string(),
  keptIn: z.enum(['keychain', 'sealed file', 'file']),
  madeAt: time,
});

export const documentFormats = ['html', 'json', 'pdf', 'text'] as const;

export const evidenceContract = {
  /** Newest first. */
  list: oc
    .input(
      z.object({
        kind: z.enum(evidenceKinds).optional(),
        result: z.enum(evidenceResults).optional(),
        subject: z.string().max(128).optional(),
        text: z.string().max(200).optional(),
        before: evidenceIdSchema.optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ records: z.array(evidenceEntrySchema), more: z.boolean() })),
  show: oc.input(reference).output(evidenceShownSchema),
  /** To be printed, kept or sent. */
  document: oc
    .input(reference.extend({ format: z.enum(documentFormats) }))
    .output(z.object({ name: z.string(), mediaType: z.string(), content: z.base64() })),
  /** Every entry, link and signature; with `anchors`, also against what is at sites and in repositories. */
  verify: oc
    .input(z.object({ logs: z.array(logSchema).default([...chainLogs]), anchors: z.boolean().default(true) }))
    .output(evidenceVerdictSchema),
  key: oc.input(z.object({})).output(evidenceKeySchema),
  /** Signed by the one there was. */
  newKey: oc.input(z.object({})).output(evidenceKeySchema),
  /** Files of the chains, those of before first. */
  files: oc.input(z.object({ log: logSchema })).output(z.object({ files: z.array(z.string()), publicKey: z.string() })),
  file: oc.input(z.object({ name: z.string().max(100) })).output(z.object({ content: z.base64() })),
  /** What was asked for, newest first. */
  calls: oc
    .input(
      z.object({
        text: z.string().max(200).default(''),
        before: evidenceIdSchema.optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ calls: z.array(auditLineSchema), more: z.boolean() })),
};
