/** Sync-back: brings snapshots of a site back into the repository that protection writes to, kept there for a while. */
import { join } from 'node:path';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { fetchResultSchema } from '../../../shared/contract/sync.ts';
import type { z } from 'zod';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { keepUntil } from '../../../shared/model/keep-until.ts';
import type { KeepFor } from '../../../shared/model/profile.ts';
import { formatCount } from '../../../shared/model/units.ts';
import type { SnapshotAt } from '../catalog/held-at.ts';
import type { Voice } from '../jobs/voice.ts';
import { machineZone } from '../platform/machine-zone.ts';
import { encodeFact } from '../repository/format/snapshot.ts';
import { asProgress } from '../sites/send-batch.ts';
import { figuresOf } from '../sites/figures.ts';
import { openAccess, repositoryUse } from './access.ts';
import type { CallContext } from './context.ts';
import { timeOf } from './present-site.ts';
import { mustFindSite, openSite } from './site-access.ts';
import { noteQuietly } from './site-upkeep.ts';
import { passwordOf } from './sites.ts';
import { streamJob } from './stream-job.ts';
import { oneOf } from './sync-run.ts';

type FetchResult = z.infer<typeof fetchResultSchema>;

export type FetchInput = {
  readonly repository: RepositoryAccess;
  readonly site: string;
  readonly snapshots: readonly string[];
  readonly keep: KeepFor;
  readonly detach: boolean;
};

export async function* fetchBack(context: CallContext, input: FetchInput, signal: AbortSignal | undefined) {
  const site = await mustFindSite(context, input.site);
  const request = {
    kind: 'fetch',
    title: input.site,
    priority: 'normal' as const,
    repository: await repositoryUse(context, input.repository, 'write'),
    alsoReads: [site.definition.location],
    takesNoPlace: true,
    detach: input.detach,
    judge: ({ fetched }: FetchResult) => ({
      state: 'done' as const,
      summary: `${formatCount(fetched.length)} ${fetched.length === 1 ? 'snapshot' : 'snapshots'} fetched back from ${input.site}.`,
    }),
  };
  yield* streamJob<FetchResult>({ context, signal }, request, (voice) => fetch(context, input, voice));
}

async function fetch(context: CallContext, input: FetchInput, voice: Voice): Promise<FetchResult> {
  const { catalog, caller, home, nowMs } = context;
  const site = await mustFindSite(context, input.site);
  const to = await openAccess(context, input.repository);
  const from = await openSite(context, site, passwordOf(input.repository));
  await noteQuietly(context, from, voice);
  const there = await catalog.read('heldAt.list', caller, { repository: from.config.id });
  const wanted = new Map<string, SnapshotAt>();
  for (const reference of input.snapshots) {
    const found = oneOf(there, reference);
    wanted.set(found.id, found);
  }
  const untilMs = keepUntil(nowMs(), input.keep, machineZone());
  const { copySnapshots } = await import('../repository/copy/copy-snapshots.ts');
  const { outcomes, figures } = await copySnapshots({
    from,
    to,
    snapshots: [...wanted.keys()],
    signal: voice.signal,
    memory: join(home, 'cache', 'sync'),
    tags: () => fetchedTags(input.site, untilMs),
    onNotice: voice.onNotice,
    onProgress: (progress) => voice.onProgress(asProgress(progress, 0)),
    onSnapshot: (outcome) => {
      if (outcome.state === 'present')
        voice.onNotice(`Snapshot ${outcome.id.slice(0, 8)} is here already, as ${outcome.copy.slice(0, 8)}.`);
    },
  });
  await noteQuietly(context, to, voice);
  context.live.changed(caller.tenant);
  const failed = outcomes.find((outcome) => outcome.state === 'failed');
  if (failed !== undefined && failed.state === 'failed') throw new HoldfastError(failed.code, failed.message);
  const fetched = outcomes.flatMap((outcome) => {
    const one = wanted.get(outcome.id);
    if (outcome.state === 'failed' || one === undefined) return [];
    return [{ original: one.original, id: outcome.copy, source: one.source }];
  });
  return { fetched, keepUntil: timeOf(untilMs), figures: figuresOf(figures) };
}

function fetchedTags(site: string, untilMs: number | null): readonly string[] {
  const until = untilMs === null ? 'forever' : new Date(untilMs).toISOString();
  return [encodeFact('fetched-from', site), encodeFact('fetched-until', until)];
}
