/** What a repair leaves as evidence: what was damaged, where what replaces it came from, and what a check finds now. */
import type { Caller } from '../../../../shared/contract/common.ts';
import type { RepairReport } from '../../../../shared/contract/integrity.ts';
import type { EvidenceDraft, EvidenceStep } from '../../../../shared/model/evidence.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { issueLines } from '../evidence/job-evidence.ts';

type Repaired = {
  readonly caller: Caller;
  readonly repository: { readonly id: string; readonly location: string };
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly report: RepairReport;
};

export function repairDraft({ caller, repository, startedAtMs, endedAtMs, report }: Repaired): EvidenceDraft {
  const { files, losses, lostFiles, postponed, remaining, quarantined } = report;
  const lost = losses.count + lostFiles.length;
  const [startedAt, endedAt] = [startedAtMs, endedAtMs].map((ms) => new Date(ms).toISOString()) as [string, string];
  return {
    kind: 'repair',
    title: `Repair of the repository at ${repository.location}`,
    subject: repository.id,
    ...caller,
    startedAt,
    endedAt,
    result: lost > 0 || postponed !== null || remaining.length > 0 ? 'partial' : 'succeeded',
    points: [],
    steps: [...files.map(stepOf), ...lostFiles.map(({ path, message }) => lostStep(path, message))],
    verification: {
      ok: remaining.length === 0,
      checks: ['What was written was read back, and the structure of the repository was checked afterwards.'],
      problems: issueLines(remaining),
      files: null,
      bytes: null,
    },
    rto: null,
    notes: [
      ...report.fetched.map(
        ({ from, blobs, bytes }) => `${formatCount(blobs)} blobs, ${formatBytes(bytes)}, came from ${from}.`,
      ),
      `${formatCount(quarantined)} damaged files were taken out.`,
      ...(lost === 0 ? [] : [`${formatCount(lost)} things are lost.`]),
      ...losses.items.map(({ snapshot, path }) => `Lost: ${snapshot.slice(0, 8)}:${path}`),
      ...(postponed === null ? [] : [postponed]),
    ],
  };
}

function stepOf({ path, fault, whole, from }: RepairReport['files'][number]): EvidenceStep {
  const output = from === null ? fault : `${fault} It came from ${from}.`;
  return { title: path, outcome: whole ? 'done' : 'failed', startedAt: null, endedAt: null, output, error: null };
}

function lostStep(path: string, message: string): EvidenceStep {
  return { title: path, outcome: 'failed', startedAt: null, endedAt: null, output: message, error: null };
}
