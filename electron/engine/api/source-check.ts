/** Whether a source can be protected now, asked of what it is made of; nothing is changed, here or there. */
import { join } from 'node:path';
import type { SourceCheck } from '../../../shared/contract/source-check.ts';
import type {
  FolderDefinition,
  GitDefinition,
  GithubDefinition,
  RegisteredSource,
  S3BucketDefinition,
} from '../../../shared/contract/sources.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { sourcePlaces } from '../../../shared/model/source-kinds.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { probeFolders, type ProbeResult } from '../sources/folder/probe.ts';
import { askServers } from '../sources/git/ask-servers.ts';
import { nextRun } from '../sources/github/next-run.ts';
import { readState } from '../sources/github/state.ts';
import type { CallContext } from './context.ts';
import { githubPreview } from './github-preview.ts';
import { gitAccessOf, mirrorFolder, mirrorRoot, refuseSsh } from './remote-source.ts';

type State = SourceCheck['state'];
type Found = Omit<SourceCheck, 'name' | 'kind' | 'state'>;

const keptNames = 1_000;
const nothing: Omit<Found, 'places'> = { credential: null, mayNotSee: [], issues: [], amount: null, next: null };

export async function checkSource(
  context: CallContext,
  source: RegisteredSource,
  signal: AbortSignal,
): Promise<SourceCheck> {
  const found = await foundOf(context, source, signal);
  const { name, kind } = source;
  return { name, kind, state: stateOf(found), ...found };
}

async function foundOf(context: CallContext, source: RegisteredSource, signal: AbortSignal): Promise<Found> {
  if (source.kind === 'ec2')
    return { ...nothing, ...(await (await import('./ec2-check.ts')).checkEc2(context, source, signal)) };
  if (source.kind === 'folder') return checkFolders(context, source, signal);
  if (source.kind === 's3-bucket') return checkBucket(context, source, signal);
  return source.kind === 'git' ? checkAddresses(context, source, signal) : checkOwner(context, source, signal);
}

/** As a run would end. */
function stateOf({ places, issues, next, mayNotSee }: Found): State {
  if (places.every(({ state }) => state === 'failed') || (next !== null && next.refused !== null)) return 'failed';
  const isWhole = places.every(({ state }) => state === 'good') && issues.length === 0 && mayNotSee.length === 0;
  return isWhole && (next === null || next.gone.count === 0) ? 'good' : 'limited';
}

async function checkFolders(
  { home, bounds }: CallContext,
  source: FolderDefinition,
  signal: AbortSignal,
): Promise<Found> {
  // They are read as they are shown.
  await bounds.shownFolders(source.paths);
  const { excludes, excludeCaches, excludeLargerThanBytes, oneFileSystem } = source;
  const probed = await probeFolders({
    paths: source.paths,
    excludes,
    excludeCaches,
    excludeLargerThanBytes,
    oneFileSystem,
    neverRead: [home],
    signal,
    onProgress: () => undefined,
  });
  const { files, folders, bytes, whole, issues } = probed;
  return {
    ...nothing,
    places: probed.paths.map(describePath),
    issues: issues.slice(0, keptNames),
    amount: { files, folders, bytes, whole },
  };
}

function describePath({ path, type, empty, mount }: ProbeResult['paths'][number]): Found['places'][number] {
  if (type === 'missing') return failedPlace(path, 'SOURCE_NOT_FOUND', 'It is not there.');
  if (type === 'unreadable') return failedPlace(path, 'SOURCE_UNREADABLE', 'It cannot be read, or does not answer.');
  const where = mount === null ? '' : `, on ${mount.kind} at ${mount.path}`;
  const words = `${type === 'file' ? 'a file' : empty ? 'an empty folder' : 'a folder'}${where}`;
  return { place: path, state: empty ? 'limited' : 'good', words, code: null };
}

function failedPlace(place: string, code: string, words: string): Found['places'][number] {
  return { place, state: 'failed', words, code };
}

async function checkAddresses(context: CallContext, source: GitDefinition, signal: AbortSignal): Promise<Found> {
  await refuseSsh(context, source.urls);
  const answers = await askServers(source.urls, await gitAccessOf(context, source), signal);
  const places = answers.map(({ url, failure, refs }): Found['places'][number] => {
    if (failure !== null) return failedPlace(url, failure.code, failure.message);
    return { place: url, state: 'good', words: sayRefs(refs), code: null };
  });
  return { ...nothing, places };
}

async function checkBucket(context: CallContext, source: S3BucketDefinition, signal: AbortSignal): Promise<Found> {
  const [place = source.bucket] = sourcePlaces(source);
  const { askBucket } = await import('../sources/s3-bucket/ask-bucket.ts');
  const { awsAccessOf } = await import('./aws-access.ts');
  try {
    const { words, mayNotSee } = await askBucket(await awsAccessOf(context, source), source, signal);
    return { ...nothing, mayNotSee: [...mayNotSee], places: [{ place, state: 'good', words, code: null }] };
  } catch (error) {
    const failure = toHoldfastError(error);
    if (signal.aborted || !(error instanceof HoldfastError)) throw failure;
    return { ...nothing, places: [failedPlace(place, failure.code, failure.message)] };
  }
}

function sayRefs(refs: number): string {
  if (refs === 0) return 'answers, and is empty';
  return `answers with ${refs === 1 ? 'one ref' : `${formatCount(refs)} refs`}`;
}

async function checkOwner(context: CallContext, source: GithubDefinition, signal: AbortSignal): Promise<Found> {
  const [place = source.owner] = sourcePlaces(source);
  try {
    const seen = await githubPreview(context, source, [], signal);
    const { repositories, credential, mayNotSee, owner } = seen;
    const known = await readState(join(mirrorRoot(context, source), await mirrorFolder(context, source)));
    const listed = repositories.map(({ bytes, ...one }) => ({ ...one, sizeBytes: bytes }));
    const plan = nextRun(known === 'damaged' ? null : known, listed, source.filters, context.nowMs());
    const selected = repositories.filter((one) => one.selected);
    const kind = owner.kind === 'organization' ? 'an organisation' : 'a user';
    return {
      ...nothing,
      places: [
        {
          place,
          state: 'good',
          words: `answers: ${kind} with ${formatCount(repositories.length)} repositories`,
          code: null,
        },
      ],
      credential,
      mayNotSee,
      next: {
        selected: selected.length,
        bytes: selected.reduce((sum, { bytes }) => sum + bytes, 0),
        new: named(plan.fresh),
        gone: named(plan.gone),
        leftOut: plan.leftOut.map(({ by, names }) => ({ by, ...named(names) })),
        refused: plan.refused,
      },
    };
  } catch (error) {
    const failure = toHoldfastError(error);
    if (signal.aborted || !(error instanceof HoldfastError)) throw failure;
    return { ...nothing, places: [failedPlace(place, failure.code, failure.message)] };
  }
}

function named(names: readonly string[]): { count: number; names: string[] } {
  return { count: names.length, names: names.slice(0, keptNames) };
}
