/** What trying out the locks of a store leaves as evidence. */
import type { Caller } from '../../../../shared/contract/common.ts';
import type { LockProof } from '../../../../shared/contract/compliance.ts';
import type { EvidenceDraft } from '../../../../shared/model/evidence.ts';

type About = {
  readonly caller: Caller;
  readonly repository: string;
  readonly name: string;
  readonly location: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
};

export function proofDraft(about: About, proof: Omit<LockProof, 'record'>): EvidenceDraft {
  const { caller, repository, name, location, startedAtMs, endedAtMs } = about;
  const { holds, asked, words, firstEndAt, modes } = proof;
  return {
    kind: 'immutability',
    title: `Locks of ${name} at ${location}`,
    subject: repository,
    ...caller,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
    result: holds ? 'succeeded' : 'failed',
    points: [],
    steps: [],
    verification: {
      ok: holds,
      checks: [
        'A small file was stored, and its removal asked for.',
        ...(asked === 0 ? [] : ['The store was asked about the locks of some files of each kind.']),
      ],
      problems: holds ? [] : [...words],
      files: asked,
      bytes: null,
    },
    rto: null,
    notes: [
      ...(holds ? words : []),
      `Locks that were found: ${modes.compliance} in compliance mode, ${modes.governance} in governance mode.`,
      ...(firstEndAt === null ? [] : [`The first of them ends at ${firstEndAt}.`]),
    ],
  };
}
