import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clone, CloneRemoval } from '../../../../shared/contract/clones.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import type { CloneRow } from '../../catalog/clones.ts';
import type { Verdict } from '../../jobs/job.ts';
import { findMark, markText, writeMark } from '../../recovery/clones/clone-mark.ts';
import { repositoryUse } from '../access.ts';
import { handlers, type CallContext } from '../context.ts';
import { issueLines, jobEvidence } from '../evidence/job-evidence.ts';
import { streamJob } from '../stream-job.ts';
import { allClones, isAtWork, mustFindClone, presentClone, sourcesOf, whileAt } from './book.ts';
import { makeClone, mustBeAhead, type Made } from './make-clone.ts';
import { inPrefix } from './place.ts';
import { forget, lookAtClone, removeClone } from './remove-clone.ts';
import { placeWords, removalJob } from './removal-job.ts';

export const clonesHandlers = {
  list: handlers.clones.list.handler(async ({ context }) => ({ clones: await allClones(context) })),

  make: handlers.clones.make.handler(async function* ({ input, context, signal }) {
    const { repository: access, what, expiresAt, detach } = input;
    const expiresAtMs = Date.parse(expiresAt);
    mustBeAhead(expiresAtMs, context.nowMs());
    const to = what.kind === 'bucket' ? `s3://${what.bucket}/${what.prefix}` : what.target;
    const job = {
      kind: 'clone',
      title: `Clone for development to ${to}`,
      priority: 'normal' as const,
      repository: await repositoryUse(context, access, 'read'),
      mirrors: [to],
      detach,
      judge: verdictOf,
    };
    const evidence = jobEvidence(context, {
      kind: 'restore',
      title: job.title,
      step: 'Make the clone',
      notes: [`As a clone for development, until ${expiresAt}.`],
    });
    const { onQueued } = evidence;
    let clone: Clone | null = null;
    const events = streamJob<Made>({ context, signal }, { ...job, onQueued }, (voice) =>
      evidence.of(
        () => makeClone(context, { access, what, expiresAtMs }, voice),
        ({ of, issues, row }) => ({
          points: of.paths.map((path) => ({
            repository: of.repository,
            snapshot: of.snapshot,
            source: of.source,
            takenAt: of.takenAt,
            path,
          })),
          ...verdictOf({ of, issues, row }),
          verification: {
            ok: issues.length === 0,
            checks: ['What was written was compared with the snapshot.'],
            problems: issueLines(issues),
            files: null,
            bytes: null,
          },
        }),
      ),
    );
    for await (const event of events) {
      if (event.type !== 'done') {
        yield event;
        continue;
      }
      clone = presentClone(event.result.row, await sourcesOf(context));
      context.rePlan();
      yield { type: 'done', result: clone };
    }
  }),

  look: handlers.clones.look.handler(async ({ input, context, signal }) => {
    const row = mustBeWhole(await mustFindClone(context, input.clone));
    return lookAtClone(context, row, { signal, onProgress: () => undefined });
  }),

  extend: handlers.clones.extend.handler(async ({ input, context, signal }) => {
    const expiresAtMs = Date.parse(input.expiresAt);
    mustBeAhead(expiresAtMs, context.nowMs());
    const row = mustBeWhole(await mustFindClone(context, input.clone));
    return whileAt(row.id, async () => {
      await context.catalog.write('clones.change', context.caller, { id: row.id, expiresAtMs, trouble: null });
      const changed = { ...row, expiresAtMs, trouble: null };
      await markAnew(context, changed, signal);
      context.rePlan();
      return presentClone(changed, await sourcesOf(context));
    });
  }),

  keep: handlers.clones.keep.handler(async ({ input, context, signal }) => {
    const row = mustBeWhole(await mustFindClone(context, input.clone));
    return whileAt(row.id, async () => {
      await unmark(context, row, signal);
      await forget(context, row.id);
      return presentClone(row, await sourcesOf(context));
    });
  }),

  remove: handlers.clones.remove.handler(async function* ({ input, context, signal }) {
    const { clone, withChanges, detach } = input;
    const row = await mustFindClone(context, clone);
    if (isAtWork(row.id)) throw busy(row);
    const job = { ...removalJob(row), priority: 'normal' as const, detach };
    yield* streamJob<CloneRemoval>({ context, signal }, job, (voice) =>
      whileAt(row.id, async () =>
        removeClone(context, await mustFindClone(context, row.id), { withChanges, listener: voice }),
      ),
    );
  }),
};

function verdictOf({ row, issues }: Made): Verdict & { readonly state: 'done' | 'partial' } {
  const size = `${formatCount(row.items)} things, ${formatBytes(row.bytes)}`;
  const summary = `${placeWords(row.place)}: ${size}, until ${new Date(row.expiresAtMs).toISOString()}; ${formatCount(issues.length)} problems.`;
  return { state: issues.length > 0 ? 'partial' : 'done', summary };
}

/** CLONE_UNKNOWN of one that is being made or removed just now. */
function mustBeWhole(row: CloneRow): CloneRow {
  if (row.state === 'ready' && !isAtWork(row.id)) return row;
  throw busy(row);
}

function busy({ id, state }: CloneRow): HoldfastError {
  const why = state === 'unfinished' ? 'was never whole' : 'is being made or removed';
  return new HoldfastError('CLONE_UNKNOWN', `The clone ${id} ${why}.`);
}

/** Its mark says until when; one that is not there now is told by the list alone. */
async function markAnew(context: CallContext, row: CloneRow, signal = new AbortController().signal): Promise<void> {
  const { id, of, place, author, madeAtMs, expiresAtMs } = row;
  const text = markText({ id, of, madeBy: author, madeAtMs, expiresAtMs });
  if (place.kind === 'bucket') {
    const { markPrefix } = await import('../../recovery/clones/bucket-clone.ts');
    await inPrefix(context, place, signal, (at) => markPrefix(at, text));
  } else if ('path' in place) {
    const mark = await findMark(place.path);
    if (mark?.id === id) await writeMark(place.path, mark.name, text);
  }
}

async function unmark(
  context: CallContext,
  { id, place }: CloneRow,
  signal = new AbortController().signal,
): Promise<void> {
  if (place.kind === 'bucket') {
    const { unmarkPrefix } = await import('../../recovery/clones/bucket-clone.ts');
    await inPrefix(context, place, signal, unmarkPrefix);
  } else if ('path' in place) {
    const mark = await findMark(place.path);
    if (mark?.id === id) await unlink(join(place.path, mark.name));
  }
}
