/** What a drill leaves as evidence. */
import type { Drill } from '../../../../shared/contract/drills.ts';
import { drillVerdict } from '../../../../shared/model/drills.ts';
import type { EvidenceDraft } from '../../../../shared/model/evidence.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';

const results = { passed: 'succeeded', partial: 'partial', failed: 'failed', interrupted: 'cancelled' } as const;

/** `drill` has ended but for its record. */
export function evidenceOf(
  drill: Drill,
  {
    tenant,
    endedAt,
    state,
  }: { readonly tenant: string; readonly endedAt: string; readonly state: keyof typeof results },
): EvidenceDraft {
  const { id, actor, source, snapshot, takenAt, repository, startedAt, restoreMs, humanMs, rtoMs } = drill;
  return {
    kind: 'drill',
    title: `Drill of ${source}`,
    subject: id,
    tenant,
    actor,
    startedAt,
    endedAt,
    result: results[state],
    points:
      snapshot === null || takenAt === null
        ? []
        : [{ repository: repository.id, snapshot, source, takenAt, path: '/' }],
    steps: drill.steps.map((step) => ({
      title: step.title,
      outcome: step.endedAt === null ? 'stopped' : 'done',
      startedAt: step.startedAt,
      endedAt: step.endedAt,
      output: step.detail,
      error: null,
    })),
    verification: {
      ok: drillVerdict(drill.checks, 0) === 'passed',
      checks: drill.checks.map(
        ({ title, result, detail }) => `${title}: ${result === 'left' ? 'not checked. ' : ''}${detail}`,
      ),
      problems: [
        ...drill.checks.flatMap(({ result, title, detail }) => (result === 'bad' ? [`${title}: ${detail}`] : [])),
        ...(drill.error === null ? [] : [drill.error.message]),
      ],
      files: drill.items,
      bytes: drill.bytes,
    },
    rto: { targetMs: rtoMs, measuredMs: drill.rto?.basis === 'measured' ? restoreMs : null, humanMs },
    notes: [
      amountOf(drill),
      ...(drill.left === 0
        ? ['All it had made was taken away.']
        : [`${formatCount(drill.left)} of the things it made are still there.`]),
    ],
  };
}

function amountOf({ place, items, bytes, wholeItems, wholeBytes, isWhole }: Drill): string {
  const where = { folder: 'a folder', bucket: 'a prefix of a scratch bucket', instance: 'an isolated instance' }[place];
  const what = `${formatCount(items)} ${items === 1 ? 'thing' : 'things'}, ${formatBytes(bytes)}`;
  return isWhole
    ? `In isolation, to ${where} of its own: all of it, ${what}.`
    : `In isolation, to ${where} of its own: ${what}, of ${formatCount(wholeItems)}, ${formatBytes(wholeBytes)}.`;
}
