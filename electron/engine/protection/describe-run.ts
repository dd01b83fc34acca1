/** What a run has to say at its end: the file of its snapshot, and its answer. */
import type { Issue, RunStatus } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import type { CheckedMirror } from '../../../shared/model/mirror-checks.ts';
import { encodeMoment } from '../../../shared/model/together.ts';
import { processIdentity } from '../platform/identity.ts';
import { displayRaw, type RawPath } from '../platform/raw-path.ts';
import { formatGoTimeNs } from '../repository/format/go-time.ts';
import { encodeFact, type SnapshotFile } from '../repository/format/snapshot.ts';
import type { StoredSnapshot } from '../repository/snapshots.ts';
import type { WriteStatistics } from '../repository/writer.ts';
import type { CaptureResult, Requested } from '../sources/source.ts';
import type { Quiesced } from './hooks.ts';
import type { RunFacts, RunRequest } from './run.ts';

const programVersion = 'holdfast 0.1.0';

/** What was captured, and when. */
export type Described = {
  readonly request: Pick<RunRequest, 'caller' | 'tags' | 'facts' | 'force' | 'nowMs'>;
  readonly source: string;
  /** As the snapshot shows them. */
  readonly paths: readonly RawPath[];
  readonly mountPoints: readonly RawPath[];
  readonly excludes: readonly string[];
  readonly checkedMirrors: readonly CheckedMirror[];
  readonly requested: Requested | null;
  readonly parent: StoredSnapshot | null;
  readonly issues: readonly Issue[];
  readonly startedAtMs: number;
  /** On the clock that only grows. */
  readonly beganMs: number;
};

export function describeSnapshot(
  run: Described,
  captured: CaptureResult,
  written: WriteStatistics,
  { suspicion, consistency, problem, moment = null }: Quiesced & { readonly suspicion: string | null },
): SnapshotFile {
  const { request, paths, mountPoints, parent, startedAtMs } = run;
  const { hostname, username, uid, gid } = processIdentity();
  const { files, folders, bytes } = captured.counts;
  const time = formatMs(startedAtMs);
  return {
    time,
    ...(parent === null || request.force ? {} : { parent: parent.id }),
    tree: captured.tree,
    paths: paths.map(displayRaw),
    hostname,
    username,
    uid,
    gid,
    excludes: [...run.excludes],
    tags: [
      encodeFact('source', run.source),
      encodeFact('status', statusOf(run, captured)),
      encodeFact('tenant', request.caller.tenant),
      encodeFact('actor', request.caller.actor),
      ...mountPoints.map((mountPoint) => encodeFact('mount-point', displayRaw(mountPoint))),
      ...captured.items
        .filter((item) => !item.complete)
        .map((item) => encodeFact(item.accepted === true ? 'accepted' : 'incomplete', item.path)),
      ...(suspicion === null ? [] : [encodeFact('suspect', suspicion)]),
      ...(consistency === null ? [] : [encodeFact('consistency', consistency)]),
      ...(problem === null ? [] : [encodeFact('consistency-problem', problem)]),
      ...(moment === null ? [] : [encodeFact('moment', encodeMoment(moment))]),
      ...nativeFacts(run.requested),
      ...runFacts(request.facts ?? null, startedAtMs),
      ...request.tags,
    ],
    program_version: programVersion,
    summary: {
      backup_start: time,
      backup_end: formatMs(request.nowMs()),
      files_new: files.new,
      files_changed: files.changed,
      files_unmodified: files.unmodified,
      dirs_new: folders.new,
      dirs_changed: folders.changed,
      dirs_unmodified: folders.unmodified,
      data_blobs: written.dataBlobs,
      tree_blobs: written.treeBlobs,
      data_added: written.plainBytes,
      data_added_packed: written.storedBytes,
      total_files_processed: files.new + files.changed + files.unmodified,
      total_bytes_processed: bytes,
    },
  };
}

function nativeFacts(requested: Requested | null): readonly string[] {
  if (requested === null) return [];
  return [encodeFact('native', requested.run), encodeFact('natives', String(requested.natives))];
}

function runFacts(facts: RunFacts | null, takenAtMs: number): readonly string[] {
  if (facts === null) return [];
  const lock = facts.lockedUntil?.(takenAtMs) ?? null;
  return [
    encodeFact('run', facts.run),
    ...(facts.profile === null ? [] : [encodeFact('profile', facts.profile)]),
    ...facts.periods.map((period) => encodeFact('period', period)),
    ...(facts.system === undefined ? [] : [encodeFact('system', facts.system)]),
    ...(lock === null ? [] : [encodeFact('locked', lock === 'forever' ? lock : new Date(lock).toISOString())]),
  ];
}

export function describeResult(
  run: Described,
  captured: CaptureResult,
  written: WriteStatistics,
  id: string,
): Omit<ProtectResult, 'suspicion' | 'consistency' | 'consistencyProblem'> {
  const { parent, source, startedAtMs, beganMs, issues, request } = run;
  const { files, folders, bytes } = captured.counts;
  return {
    snapshot: id,
    parent: request.force ? null : (parent?.id ?? null),
    source,
    status: statusOf(run, captured),
    takenAt: new Date(startedAtMs).toISOString(),
    files: { ...files },
    folders: { ...folders },
    bytes,
    addedBytes: written.plainBytes,
    storedBytes: written.storedBytes,
    durationMs: Math.round(performance.now() - beganMs),
    issues: [...issues],
    items: [...captured.items],
    checkedMirrors: [...run.checkedMirrors],
  };
}

function statusOf({ requested }: Described, { complete, items }: CaptureResult): RunStatus {
  if (requested !== null) return 'pending';
  if (!complete) return 'partial';
  return items.every((item) => item.complete) ? 'complete' : 'completeWithExceptions';
}

function formatMs(timeMs: number): string {
  return formatGoTimeNs(BigInt(timeMs) * 1_000_000n);
}
