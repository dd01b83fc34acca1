/** A record as a page: the same sections for HTML, text and PDF, so that none says less than another. */
import type { EvidenceShown } from '../../../../shared/contract/evidence.ts';
import { keptTarget, type EvidenceDraft, type EvidenceStep } from '../../../../shared/model/evidence.ts';
import { formatBytes, formatCount, formatDuration } from '../../../../shared/model/units.ts';
import type { Page, Section } from '../kit/page.ts';

const resultWords: Readonly<Record<EvidenceDraft['result'], string>> = {
  succeeded: 'Succeeded',
  partial: 'Partly: see the exceptions below',
  failed: 'Failed',
  cancelled: 'Stopped before its end',
};
const kindWords: Readonly<Record<EvidenceDraft['kind'], string>> = {
  restore: 'Restore',
  drill: 'Drill: a rehearsal in isolation',
  plan: 'Recovery plan',
  failover: 'Failover: protection moved',
  repair: 'Repair of a repository',
  immutability: 'Immutability: locks of a store tried out',
};
const signedWords: Readonly<Record<EvidenceShown['signed'], string>> = {
  yes: 'The signature is that of this key.',
  later: 'It was written while the key could not be reached; the signature of a later entry covers it.',
  no: 'THE SIGNATURE DOES NOT FIT. Do not rely on this record.',
};

export function evidencePage({ id, record, entry, signed, publicKey }: EvidenceShown): Page {
  const { title, kind, result, startedAt, endedAt, actor, tenant, subject, notes } = record;
  return {
    title: 'Evidence record',
    lead: title,
    sections: [
      section(
        'What happened',
        [],
        [
          ['Result', resultWords[result]],
          ['Kind', kindWords[kind]],
          ['Started by', `${actor}, for ${tenant}`],
          ['Began', moment(startedAt)],
          ['Ended', moment(endedAt)],
          ['Of', subject],
        ],
      ),
      section(
        'From which recovery point',
        record.points.length === 0 ? ['It was not restored from a snapshot.'] : [],
        record.points.map((point) => [
          `${point.source}${point.path === '/' ? '' : `: ${point.path}`}`,
          `snapshot ${point.snapshot} of ${moment(point.takenAt)}`,
        ]),
      ),
      section('Time to recover', [], timeFacts(record)),
      section('Verification', verificationWords(record), []),
      section('Steps', record.steps.length === 0 ? ['None is recorded.'] : [], record.steps.map(stepFact)),
      section('Notes', notes.length === 0 ? ['None.'] : notes, []),
      section(
        'How it is signed',
        [signedWords[signed], 'Compare the fingerprint with the one in the recovery kit.'],
        [
          ['Record', id],
          ['Entry', `${formatCount(entry.seq)} of chain ${entry.chain}, written ${moment(entry.at)}`],
          ['Hash', entry.hash],
          ['Hash before', entry.prev],
          ['Signature', entry.signature === '' ? 'none of its own' : entry.signature],
          ['Key', entry.key],
          ['Public key', publicKey ?? 'not known'],
        ],
      ),
    ],
  };
}

function section(title: string, paragraphs: readonly string[], facts: readonly (readonly [string, string])[]): Section {
  return { title, paragraphs, facts, commands: [] };
}

function timeFacts({ rto }: EvidenceDraft): [string, string][] {
  if (rto === null) return [['Measured', 'not by this']];
  const { targetMs, measuredMs, humanMs } = rto;
  const kept = keptTarget(rto);
  return [
    ['Measured', measuredMs === null ? 'it did not come back' : formatDuration(measuredMs)],
    ...(humanMs === null || humanMs < 1000
      ? []
      : [['Of that, waiting for people', formatDuration(humanMs)] as [string, string]]),
    ['Target', targetMs === null ? 'none was set' : formatDuration(targetMs)],
    ...(kept === null ? [] : [['Within target', kept ? 'yes' : 'NO'] as [string, string]]),
  ];
}

function verificationWords({ verification }: EvidenceDraft): readonly string[] {
  if (verification === null) return ['Nothing was verified.'];
  const { ok, checks, problems, files, bytes } = verification;
  const counted =
    files === null || files === 0
      ? []
      : [`${formatCount(files)} files${bytes === null ? '' : `, ${formatBytes(bytes)}`}.`];
  return [
    ok ? 'All that was looked at is as it has to be.' : 'NOT ALL is as it has to be.',
    ...checks,
    ...counted,
    ...problems,
  ];
}

function stepFact({ title, outcome, startedAt, endedAt, output, error }: EvidenceStep): [string, string] {
  const times =
    startedAt === null
      ? []
      : [
          `${moment(startedAt)}${endedAt === null ? '' : `, ${formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}`}`,
        ];
  const said = output === null ? [] : output.split('\n');
  const failed = error === null ? [] : [`${error.code}: ${error.message}`];
  return [title, [outcome, ...times, ...said, ...failed].join('; ')];
}

function moment(iso: string): string {
  return `${iso.replace('T', ' ').slice(0, 19)} UTC`;
}
