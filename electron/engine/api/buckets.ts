/** Objects in snapshots of buckets, given back to a bucket. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { BucketRunPreview } from '../../../shared/contract/bucket-runs.ts';
import type { BucketRestoreResult, KeysRestoreResult } from '../../../shared/contract/buckets.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { EvidenceVerification } from '../../../shared/model/evidence.ts';
import { countOf, formatBytes } from '../../../shared/model/units.ts';
import type { Verdict } from '../jobs/job.ts';
import { giveToBucket } from '../recovery/s3/give-to-bucket.ts';
import { rawFromUtf8 } from '../platform/raw-path.ts';
import { identitiesOf, refuseOurs } from '../recovery/restore-target.ts';
import { giveToFolder } from '../recovery/s3/give-to-folder.ts';
import { openAccess, repositoryUse } from './access.ts';
import { awsAccessOf } from './aws-access.ts';
import { aboutBucket } from './bucket-about.ts';
import { createBucketRun, previewBucketRun } from './bucket-runs.ts';
import { handlers, type CallContext } from './context.ts';
import { rememberEndpoint } from './entered-endpoints.ts';
import { issueLines, jobEvidence } from './evidence/job-evidence.ts';
import { pointOf } from './evidence/points.ts';
import { findSnapshot } from './find-snapshot.ts';
import { streamAnswer, streamJob } from './stream-job.ts';

export const bucketsHandlers = {
  restore: handlers.buckets.restore.handler(async function* ({ input, context, signal }) {
    const { selection, source, bucket, prefix, place, overwrite, versions, dryRun, verify, detach } = input;
    const job = {
      kind: dryRun ? 'bucket restore plan' : 'bucket restore',
      title: `${selection} to s3://${bucket}/${prefix}`,
      // Somebody waits for it, on a bad day.
      priority: 'urgent' as const,
      repository: await repositoryUse(context, input.repository, 'read'),
      detach,
      judge: verdictOf,
    };
    const evidence = bucketEvidence(context, job.title, 'Give objects back to the bucket');
    const { onQueued } = evidence;
    yield* streamJob<BucketRestoreResult>({ context, signal }, { ...job, onQueued }, async (voice) => {
      const began = performance.now();
      const repository = await openAccess(context, input.repository);
      const found = await findSnapshot(context, repository, { ...input, snapshot: selection, source });
      // Whoever restores has entered it now.
      await rememberEndpoint(context.home, context.caller.tenant, place);
      const access = await awsAccessOf(context, place);
      const { tree } = found.snapshot.file;
      const from = found.path ?? '';
      const target = JSON.stringify([repository.config.id, tree, from, access.endpoint, access.region, bucket, prefix]);
      const journal = join(context.home, 'restores', `${createHash('sha256').update(target).digest('hex')}.uploads`);
      const options = { tree, from, bucket, prefix, overwrite, versions, dryRun, verify, journal };
      const { signal: stopped, onProgress, onIssue } = voice;
      const work = async (): Promise<BucketRestoreResult> => {
        const given = await giveToBucket({ repository, access, options, signal: stopped, onProgress, onIssue });
        const { newer } = given.conflicts;
        if (newer > 0) voice.onNotice(newerWords(newer, dryRun));
        return { snapshot: found.snapshot.id, ...given, durationMs: performance.now() - began };
      };
      if (dryRun) return work();
      const points = [pointOf(repository, found.snapshot, `/${from}`)];
      return evidence.of(work, (result) => ({ points, ...verdictOf(result), verification: checked(result, verify) }));
    });
  }),

  about: handlers.buckets.about.handler(({ input, context, signal }) => aboutBucket(context, input, signal)),

  toFolder: handlers.buckets.toFolder.handler(async function* ({ input, context, signal }) {
    const { selection, source, target, overwrite, dryRun, verify, detach } = input;
    if (!isAbsolute(target)) throw new HoldfastError('BAD_USAGE', 'The target is no absolute path.');
    await context.bounds.folders([target]);
    const job = {
      kind: dryRun ? 'restore plan' : 'restore',
      title: `${selection} to ${target}`,
      priority: 'urgent' as const,
      repository: await repositoryUse(context, input.repository, 'read'),
      detach,
      judge: verdictOf,
    };
    const evidence = bucketEvidence(context, job.title, 'Write objects as files');
    const { onQueued } = evidence;
    yield* streamJob<KeysRestoreResult>({ context, signal }, { ...job, onQueued }, async (voice) => {
      const began = performance.now();
      const repository = await openAccess(context, input.repository);
      const found = await findSnapshot(context, repository, { ...input, snapshot: selection, source });
      const { tree } = found.snapshot.file;
      const ours = { home: context.home, localFolder: repository.backend.localFolder };
      await refuseOurs(target, ours);
      if (!dryRun) await mkdir(target, { recursive: true, mode: 0o700 });
      const where = { from: found.path ?? '', folder: rawFromUtf8(target), forbidden: identitiesOf(ours) };
      const options = { tree, ...where, overwrite, dryRun, verify };
      const { signal: stopped, onProgress, onIssue } = voice;
      const work = async (): Promise<KeysRestoreResult> => {
        const given = await giveToFolder({ repository, options, signal: stopped, onProgress, onIssue });
        return { snapshot: found.snapshot.id, target, ...given, durationMs: performance.now() - began };
      };
      if (dryRun) return work();
      const points = [pointOf(repository, found.snapshot, `/${found.path ?? ''}`)];
      return evidence.of(work, (result) => ({ points, ...verdictOf(result), verification: checked(result, verify) }));
    });
  }),

  preview: handlers.buckets.preview.handler(async function* ({ input, context, signal }) {
    yield* streamAnswer<BucketRunPreview>(signal, (voice) => previewBucketRun(context, input, voice));
  }),

  create: handlers.buckets.create.handler(({ input, context, signal }) => createBucketRun(context, input, signal)),
};

function bucketEvidence(context: CallContext, title: string, step: string) {
  return jobEvidence(context, { kind: 'restore', title, step, notes: [] });
}

function checked({ issues }: Pick<BucketRestoreResult, 'issues'>, verify: boolean): EvidenceVerification | null {
  if (!verify) return null;
  return {
    ok: issues.length === 0,
    checks: ['What was written was compared with the snapshot.'],
    problems: issueLines(issues),
    files: null,
    bytes: null,
  };
}

function newerWords(count: number, dryRun: boolean): string {
  const were = dryRun ? 'would be replaced' : 'were replaced';
  return `${countOf(count, 'object')} that ${were} had been written to after the snapshot; a bucket that keeps versions still has them.`;
}

function verdictOf({
  issues,
  conflicts,
  objects,
  bytes,
  dryRun,
}: Pick<BucketRestoreResult, 'issues' | 'objects' | 'bytes' | 'dryRun'> & {
  readonly conflicts: { readonly kept: number };
}): Verdict {
  const isShort = issues.length > 0 || conflicts.kept > 0;
  const done = `${countOf(objects, 'object')}, ${formatBytes(bytes)} ${dryRun ? 'would be written' : 'written'}`;
  return { state: isShort ? 'partial' : 'done', summary: `${done}, ${countOf(issues.length, 'problem')}.` };
}
