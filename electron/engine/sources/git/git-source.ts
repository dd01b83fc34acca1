/** A list of Git repositories as a source: each is mirrored, a few at a time, and one that fails keeps no other back. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { pathInSnapshot } from '../../../../shared/model/git-url.ts';
import { exceptionFor, type SourceException } from '../../../../shared/model/source-exceptions.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import type { CaptureProgress, PrepareContext, Prepared, RemoteSource } from '../source.ts';
import { lookThrough, withDamage } from './look-through.ts';
import { bringMirror, tellRepaired, type BringMirror } from './bring-mirror.ts';
import { metaOf } from './check-notes.ts';
import type { GitAccess } from './git.ts';
import { tellLosses } from './tell-losses.ts';
import type { LostHistory } from './lost-history.ts';
import type { MirrorOutcome } from './mirror.ts';
import { readSeen, saveSeen } from './seen.ts';

export type GitSourceOptions = {
  /** Of the source: the folder that its mirrors lie in. */
  readonly name: string;
  readonly urls: readonly string[];
  /** What the server of an address is asked with; null: nothing is needed. */
  readonly access: (url: string) => GitAccess | null | Promise<GitAccess | null>;
  readonly lfs: boolean;
  readonly pullRefs: boolean;
  /** How old the last look at every object of a mirror may get. */
  readonly verifyEveryMs: number;
  /** Repositories that are known to be gone. */
  readonly exceptions: readonly SourceException[];
  /** Told for each repository that was reached. */
  readonly onMirrored?: (url: string, outcome: MirrorOutcome) => void;
};

/** A repository of the source, and where it lies below the source's folder. */
type Listed = { readonly url: string; readonly path: string };

const atOnce = 4;
/** What is of the work and not of the source. */
const workFolder = '.holdfast';
const safeName = /^(?!\.)[A-Za-z0-9._ -]{1,200}(?<![. ])$/;

export function gitSource(options: GitSourceOptions): RemoteSource {
  return { prepare: (context) => prepare(options, context) };
}

async function prepare(options: GitSourceOptions, context: PrepareContext): Promise<Prepared> {
  if (!safeName.test(options.name)) throw new HoldfastError('PLACE_UNUSABLE', 'No folder can have that name.');
  const folder = join(context.root, options.name);
  const listed = listOf(options, context);
  await makeFolders(folder);
  const tally = new Tally(context.onProgress);
  const failures: HoldfastError[] = [];
  const damaged = new Set<string>();
  const work = join(folder, workFolder);
  const seen = await readSeen(work);
  /** By path. */
  const accepted = new Set<string>();
  const isComplete = await eachOf(listed, async (one) => {
    try {
      const isWhole = await mirrorOne(options, context, { ...one, folder, tally });
      seen.set(one.path, context.nowMs());
      return isWhole;
    } catch (error) {
      if (context.signal.aborted) throw error;
      const failure = toHoldfastError(error);
      failures.push(failure);
      if (failure.code === 'GIT_MIRROR_DAMAGED') damaged.add(one.url);
      const reason = await acceptedFor(options, context, { ...one, folder, failure, seen });
      if (reason !== null) accepted.add(one.path);
      const message = reason === null ? failure.message : `Accepted (${reason}). ${failure.message}`;
      context.onIssue({ path: one.url, code: failure.code, message });
      return false;
    } finally {
      tally.done(one.url);
    }
  });
  await saveSeen(work, seen);
  const [first] = failures;
  const isAllGone = failures.length === listed.length && accepted.size < listed.length;
  if (first !== undefined && isAllGone) throw allFailed(first, failures.length);
  const urls = new Map(listed.map(({ path, url }) => [path, url]));
  const items = listed.map(({ path }, index) => ({
    path: `/${options.name}/${path}`,
    complete: isComplete[index] === true,
    ...(accepted.has(path) ? { accepted: true } : {}),
  }));
  const looked = await lookThrough({
    context,
    root: folder,
    name: options.name,
    everyMs: options.verifyEveryMs,
    damaged: new Set(listed.filter(({ url }) => damaged.has(url)).map(({ path }) => path)),
    onMirror: (path) => tally.at(path),
    repairOf: ({ path }) => bringing(options, context, { url: urls.get(path) ?? null, path, folder, tally }),
  });
  return { folder, excludes: [`/${workFolder}/`], ...withDamage(items, looked) };
}

/** Whether all of it is in the mirror. */
async function mirrorOne(
  options: GitSourceOptions,
  context: PrepareContext,
  one: Listed & { readonly folder: string; readonly tally: Tally },
): Promise<boolean> {
  const { name, onMirrored } = options;
  const { onIssue, onNotice, log } = context;
  const { url, path } = one;
  const outcome = await bringMirror({ ...(await bringing(options, context, one)), url });
  onMirrored?.(url, outcome);
  for (const problem of outcome.problems) onIssue({ path: url, ...problem });
  tellLosses(context, `/${name}/${path}`, outcome.lost);
  for (const lost of outcome.lost.slice(0, toldLosses)) onNotice(describeLoss(url, lost));
  log(`${url}: ${outcome.refs} refs, ${outcome.changed ? 'changed' : 'unchanged'}, ${outcome.lost.length} lost`);
  return outcome.problems.length === 0;
}

const goneCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['GIT_NOT_FOUND', 'GIT_REFUSED']);

type Gone = Listed & {
  readonly folder: string;
  readonly failure: HoldfastError;
  readonly seen: ReadonlyMap<string, number>;
};

/** Why it may be gone; null where nobody has said so, or nothing of it was kept. */
async function acceptedFor(
  { name, exceptions }: GitSourceOptions,
  { nowMs, onFinding }: PrepareContext,
  { url, path, folder, failure, seen }: Gone,
): Promise<string | null> {
  if (!goneCodes.has(failure.code) || (await stat(join(folder, path)).catch(() => null)) === null) return null;
  const seenAtMs = seen.get(path) ?? null;
  const names = [url, path, path.replace(/\.git$/, '')];
  const exception = exceptionFor(exceptions, names, { seenAtMs, nowMs: nowMs() });
  if (exception === null) return null;
  const sinceMs = seenAtMs ?? Date.parse(exception.acceptedAt);
  onFinding({ kind: 'missing', item: `/${name}/${path}`, sinceMs, accepted: exception.reason });
  return exception.reason;
}

type Bringing = Pick<Listed, 'path'> & {
  readonly url: string | null;
  readonly folder: string;
  readonly tally: Tally;
};

async function bringing(
  { name, access, lfs, pullRefs }: GitSourceOptions,
  context: PrepareContext,
  { url, path, folder, tally }: Bringing,
): Promise<BringMirror> {
  const { signal, nowMs, inSnapshots } = context;
  const item = `/${name}/${path}`;
  return {
    folder: join(folder, path),
    meta: join(folder, metaOf(path)),
    work: join(folder, workFolder),
    url,
    access: url === null ? null : await access(url),
    pullRefs,
    lfs,
    signal,
    nowMs,
    onProgress: ({ bytes }) => tally.received(url ?? path, bytes),
    inSnapshots: () => inSnapshots(item),
    onRepaired: (repaired) => tellRepaired(context, item, repaired),
  };
}

const toldLosses = 20;

function describeLoss(url: string, { ref, kind, from, keptAs, commits }: LostHistory): string {
  const what = kind === 'deleted' ? 'was deleted' : 'was moved so that history is lost';
  return `${url}: ${ref} ${what} on the server. It was at ${from.slice(0, 12)}, with ${commits} commits that no other ref leads to, and is kept as ${keptAs}.`;
}

/** Raises GIT_URL_REFUSED where none is left; of two that would lie in one place, the first counts. */
function listOf({ urls }: GitSourceOptions, { onIssue }: PrepareContext): readonly Listed[] {
  const byPath = new Map<string, string>();
  for (const url of new Set(urls)) {
    const path = pathInSnapshot(url);
    if (path === null) {
      onIssue({ path: withoutSecret(url), code: 'GIT_URL_REFUSED', message: 'That is no address of a Git server.' });
    } else if (byPath.has(path)) {
      const message = `That is the repository of ${byPath.get(path)} as well.`;
      onIssue({ path: url, code: 'GIT_URL_REFUSED', message });
    } else byPath.set(path, url);
  }
  if (byPath.size === 0) throw new HoldfastError('GIT_URL_REFUSED', 'The source names no address of a Git server.');
  return [...byPath].map(([path, url]) => ({ url, path }));
}

/** An address that was refused may have been so because of what it holds. */
function withoutSecret(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//…@').slice(0, 200);
}

function allFailed(first: HoldfastError, count: number): HoldfastError {
  if (count === 1) return first;
  return new HoldfastError(first.code, `None of ${count} repositories could be mirrored. ${first.message}`);
}

/** A few at a time, in the order of the list. Whoever throws ends it, once those under way have ended. */
async function eachOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  return results;
}

/** Repositories are the items; bytes are what was received. */
class Tally {
  readonly #onProgress: (progress: CaptureProgress) => void;
  readonly #bytes = new Map<string, number>();
  #done = 0;

  constructor(onProgress: (progress: CaptureProgress) => void) {
    this.#onProgress = onProgress;
  }

  received(url: string, bytes: number | null): void {
    if (bytes !== null) this.#bytes.set(url, bytes);
    this.#tell(url);
  }

  at(path: string): void {
    this.#tell(path);
  }

  done(url: string): void {
    this.#done += 1;
    this.#tell(url);
  }

  #tell(currentItem: string): void {
    const doneBytes = [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#onProgress({ doneItems: this.#done, doneBytes, currentItem, totals: null });
  }
}
