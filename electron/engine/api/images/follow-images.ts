/**
 * Off-cloud copies that follow by themselves: once native snapshots of a source are completed and count, the blocks of the
 * newest come into the repository, in a job of its own, so that everything else of the source goes on meanwhile.
 */
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import type { NativeSnapshot } from '../../aws/snapshots.ts';
import { nobody } from '../../jobs/voice.ts';
import { readFact } from '../../repository/format/snapshot.ts';
import type { Repository } from '../../repository/repository.ts';
import { listSnapshots } from '../../repository/snapshots.ts';
import { ownLife } from '../../../../shared/model/profile.ts';
import { repositoryUse } from '../access.ts';
import type { CallContext } from '../context.ts';
import type { RegisteredEc2 } from '../ec2-source-of.ts';
import { expireAfterRun } from '../expire.ts';
import { imagesOf } from './images-of.ts';
import { storedVerdict } from './images.ts';
import { storeImages } from './store-images.ts';

export type Following = {
  readonly source: RegisteredEc2;
  readonly access: RepositoryAccess;
  readonly repository: Repository;
  /** Completed native snapshots of the source, of runs that count. */
  readonly natives: readonly NativeSnapshot[];
  readonly signal: AbortSignal;
};

export type Followed = { readonly isUnderWay: boolean; readonly problems: readonly string[] };

/** After a failure; what was stored until then is not read again. */
const againMs = 60 * 60_000;
const failures = new Map<string, { readonly atMs: number; readonly message: string }>();

/** Never throws for what goes wrong with the copy: that is told as a problem of the source, and tried again later. */
export async function followImages(context: CallContext, following: Following): Promise<Followed> {
  const { source, natives, repository } = following;
  const none = { isUnderWay: false, problems: [] };
  if (!source.offCloud) return none;
  const newest = newestRun(natives);
  if (newest === null || (await hasImages(repository, source, newest.run))) return none;
  const title = `Blocks of ${source.name}`;
  const { caller, jobs } = context;
  if (jobs.underWay(caller).some((job) => job.kind === 'image' && job.title === title))
    return { isUnderWay: true, problems: [] };
  const key = `${context.home} ${caller.tenant} ${source.name}`;
  const failed = failures.get(key);
  if (failed !== undefined && context.nowMs() - failed.atMs < againMs)
    return { isUnderWay: false, problems: [failed.message] };
  const copy = copyBlocks(context, following, { title, ...newest }).then(
    () => void failures.delete(key),
    (error: unknown) => {
      const message = `The blocks could not be copied off the cloud. ${toHoldfastError(error).message}`;
      failures.set(key, { atMs: context.nowMs(), message });
    },
  );
  // A command does not end before it; an engine that stays looks again.
  if (!context.stays) await copy;
  return { isUnderWay: context.stays, problems: [] };
}

type Newest = {
  readonly run: string;
  readonly profile: string | null;
  readonly periods: readonly string[];
  readonly ids: readonly string[];
};

function newestRun(natives: readonly NativeSnapshot[]): Newest | null {
  const own = natives.flatMap(({ id, lineage }) =>
    lineage === null || lineage.copyOf !== null ? [] : [{ id, lineage }],
  );
  const [newest] = own.toSorted((a, b) => b.lineage.takenAtMs - a.lineage.takenAtMs);
  if (newest === undefined) return null;
  const { run, profile, periods } = newest.lineage;
  return { run, profile, periods, ids: own.filter(({ lineage }) => lineage.run === run).map(({ id }) => id) };
}

async function hasImages(repository: Repository, { name }: RegisteredEc2, run: string): Promise<boolean> {
  const { snapshots } = await listSnapshots(repository);
  return snapshots.some(({ source, file }) => source === imagesOf(name) && readFact(file.tags, 'run') === run);
}

async function copyBlocks(
  context: CallContext,
  { source, access, signal }: Following,
  { title, run, ids, ...labels }: Newest & { readonly title: string },
): Promise<void> {
  const job = context.jobs.start(
    {
      caller: context.caller,
      kind: 'image',
      title,
      priority: 'normal',
      repository: await repositoryUse(context, access, 'write'),
    },
    nobody,
    (voice) =>
      storeImages(
        context,
        {
          repository: access,
          place: source,
          snapshots: ids,
          source: imagesOf(source.name),
          isRegistered: false,
          facts: { run, ...lifeOf(source, labels) },
          whole: false,
        },
        voice,
      ),
    storedVerdict,
  );
  const stop = (): void => job.cancel(toHoldfastError(signal.reason));
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { status } = await job.result;
    await expireAfterRun(context, { repository: access, source: imagesOf(source.name), status });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

type Labels = Pick<Newest, 'profile' | 'periods'>;

/** As the source says; else as long as the periods say that the native snapshots were taken for. */
function lifeOf({ offCloudKeepDays }: RegisteredEc2, labels: Labels): Labels {
  return offCloudKeepDays === null ? labels : { profile: null, periods: [ownLife(offCloudKeepDays)] };
}
