/** Evidence: the record that a run, a drill or a repair leaves, and what an audit log says of a call. */

export const evidenceKinds = ['restore', 'drill', 'plan', 'failover', 'repair', 'immutability'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** `partial`: done but for what the record names. `cancelled`: stopped by somebody. */
export const evidenceResults = ['succeeded', 'partial', 'failed', 'cancelled'] as const;
export type EvidenceResult = (typeof evidenceResults)[number];

/** What something was restored from. */
export type EvidencePoint = {
  /** Id of a repository; null for a snapshot that only AWS has. */
  readonly repository: string | null;
  /** Id of a snapshot, here or in AWS. */
  readonly snapshot: string;
  readonly source: string;
  /** ISO-8601. */
  readonly takenAt: string;
  /** Which part of it; `/` for all. */
  readonly path: string;
};

export type EvidenceStep = {
  readonly title: string;
  /** A state of the run it is of: `done`, `failed`, `skipped`. */
  readonly outcome: string;
  /** ISO-8601; null: it did not begin, or has not ended. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** What it said or made, in words or lines; null: nothing. */
  readonly output: string | null;
  /** Null where nothing went wrong. */
  readonly error: { readonly code: string; readonly message: string } | null;
};

export type EvidenceVerification = {
  /** Whether what was looked at is as it has to be. */
  readonly ok: boolean;
  /** What was done to find out, each in a sentence: "Every file was read back and compared with its hash." */
  readonly checks: readonly string[];
  /** What was found to be wrong. */
  readonly problems: readonly string[];
  /** Null where it was not counted. */
  readonly files: number | null;
  readonly bytes: number | null;
};

export type EvidenceTimes = {
  /** What was asked for; null: nothing was. */
  readonly targetMs: number | null;
  /** From the start to what counts as being back; null where it did not come so far. */
  readonly measuredMs: number | null;
  /** Of that, waiting for a person; null where nobody was waited for, or it was not measured. */
  readonly humanMs: number | null;
};

/** What happened, as whoever has run it tells. Nothing in it may be a secret. */
export type EvidenceDraft = {
  readonly kind: EvidenceKind;
  readonly title: string;
  /** Id of the run, drill or job it is of. */
  readonly subject: string;
  readonly tenant: string;
  /** Who has started it. */
  readonly actor: string;
  /** ISO-8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly result: EvidenceResult;
  readonly points: readonly EvidencePoint[];
  readonly steps: readonly EvidenceStep[];
  /** Null: nothing was verified. */
  readonly verification: EvidenceVerification | null;
  /** Null: nothing that an RTO is measured by. */
  readonly rto: EvidenceTimes | null;
  /** What else somebody should know who reads it, in sentences: where to, in isolation, torn down. */
  readonly notes: readonly string[];
};

export const evidenceLimits = {
  points: 1_000,
  steps: 300,
  outputLength: 2_000,
  lines: 200,
  lineLength: 1_000,
} as const;

/** Bounded, so that a record stays readable: what is cut off says so. */
export function boundDraft(draft: EvidenceDraft): EvidenceDraft {
  const { lines, outputLength, points, steps } = evidenceLimits;
  const cut = [cutWords('recovery points', draft.points, points), cutWords('steps', draft.steps, steps)];
  const { verification } = draft;
  return {
    ...draft,
    title: clip(draft.title),
    points: draft.points.slice(0, points),
    steps: draft.steps.slice(0, steps).map((step) => ({
      ...step,
      title: clip(step.title),
      output: step.output === null ? null : clip(step.output, outputLength),
      error: step.error === null ? null : { code: step.error.code, message: clip(step.error.message) },
    })),
    verification:
      verification === null
        ? null
        : { ...verification, checks: clipAll(verification.checks), problems: clipAll(verification.problems) },
    notes: [...clipAll(draft.notes).slice(0, lines), ...cut.flat()],
  };
}

/** Counts of time that were asked for and kept; null: nothing was asked for, or it never came so far. */
export function keptTarget(times: EvidenceTimes | null): boolean | null {
  if (times === null || times.targetMs === null || times.measuredMs === null) return null;
  return times.measuredMs <= times.targetMs;
}

function cutWords(what: string, all: readonly unknown[], limit: number): readonly string[] {
  return all.length <= limit ? [] : [`Of ${all.length} ${what}, the first ${limit} are recorded here.`];
}

function clipAll(texts: readonly string[]): readonly string[] {
  const { lines } = evidenceLimits;
  const kept = texts.slice(0, lines).map((text) => clip(text));
  return texts.length <= lines ? kept : [...kept, `And ${texts.length - lines} more.`];
}

function clip(text: string, length: number = evidenceLimits.lineLength): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** The logs that are kept as chains: what runs have left, and what operators have asked for. */
export const chainLogs = ['evidence', 'audit'] as const;
export type ChainLog = (typeof chainLogs)[number];

/** What one call of the contract was. Of what was given to it, ids and names alone: see audit-words.ts. */
export type AuditRecord = {
  readonly tenant: string;
  readonly actor: string;
  /** How it came in: `command line`, `desktop`, `console`, `token 3f2a…`, `engine`. */
  readonly door: string;
  /** `router.call` of the contract. */
  readonly call: string;
  /** Names and ids that were given, by name. */
  readonly targets: Readonly<Record<string, string>>;
  /** `begun` of a long operation that has another record at its end, `done`, or the code of an error. */
  readonly outcome: string;
};
