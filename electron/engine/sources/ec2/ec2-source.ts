/**
 * Instances and volumes in EC2 as a source: their bits stay in AWS as native snapshots, which are asked for and not waited
 * for; what they are, and what each instance was, becomes the snapshot in the repository.
 */
import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ec2Copy, Ec2Lock, Ec2Target } from '../../../../shared/contract/aws-sources.ts';
import type { Consistency } from '../../../../shared/model/hooks.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { AwsClients } from '../../aws/clients.ts';
import { describeInstance } from '../../aws/describe-instance.ts';
import { asked } from '../../aws/failures.ts';
import { lockWish } from '../../aws/lock-natives.ts';
import { copyTarget, tagKeys } from '../../aws/lineage.ts';
import { usualPace, type AwsPace } from '../../aws/once.ts';
import type { NativeSnapshot } from '../../aws/snapshots.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import { inParallel } from '../parallel.ts';
import type { CapturedItem, PrepareContext, Prepared, RemoteSource } from '../source.ts';
import { instancesFolder, volumeItem, volumesFolder, type NativeFile } from './documents.ts';
import { requestSnapshots } from './request.ts';
import { Take } from './take.ts';
import { findTargets, type Target } from './targets.ts';

export type Ec2SourceOptions = {
  /** Of the source: the folder that its files lie in. */
  readonly folder: string;
  readonly name: string;
  readonly tenant: string;
  readonly console: string;
  readonly target: Ec2Target;
  readonly copies: readonly Ec2Copy[];
  readonly lock: Ec2Lock | null;
  readonly run: { readonly run: string; readonly profile: string | null; readonly periods: readonly string[] };
  readonly clients: AwsClients;
  /** The same with one attempt for each call. */
  readonly once: AwsClients;
  /** The id of the repository that the snapshot goes to, and whether one with that run's native snapshots is there. */
  readonly repository: () => Promise<string>;
  readonly isStored: (run: string) => Promise<boolean>;
  readonly pace?: AwsPace;
};

const atOnce = 8;
/** What is of the work and not of the source. */
const workFolder = '.holdfast';
/** An older one that was left is given up: what it asked for expires. */
const longestLeftMs = 6 * 3_600_000;
const tagsAtOnce = 200;
const knownBytes = 16 * 1024 * 1024;

export function ec2Source(options: Ec2SourceOptions): RemoteSource {
  return { prepare: (context) => prepare(options, context), holdsItself: true };
}

type Asked = { readonly target: Target; readonly natives: readonly NativeSnapshot[] };

async function prepare(options: Ec2SourceOptions, context: PrepareContext): Promise<Prepared> {
  const { clients, folder: name } = options;
  const folder = join(context.root, name);
  const work = join(folder, workFolder);
  await makeFolders(work);
  const { region } = clients;
  const targets = await findTargets(options.target, { client: clients.ec2(), region, signal: context.signal });
  await nameVanished(work, targets, context);
  const repository = await options.repository();
  const described = await describeAll(options, targets, context);
  const { result, consistency } = await context.hold(async (held) => {
    // Only now: it says of when the snapshots are, and others may have been waited for.
    const take = await takeOf(options, { work, repository }, context);
    return {
      take,
      ...(await requestAll(options, { targets, take, repository, consistency: held ?? 'crash' }, context)),
    };
  });
  const { take } = result;
  if (result.tagged !== (consistency ?? 'crash')) await correct(options, result.made, consistency ?? 'crash', context);
  if (result.made.length === 0) throw result.failures[0] ?? new HoldfastError('SOURCE_EMPTIED', 'Nothing was taken.');
  await writeFiles(folder, { described, made: result.made, takenAtMs: take.record.takenAtMs });
  const { run, takenAtMs } = take.record;
  const natives = result.made.reduce((sum, one) => sum + one.natives.length, 0);
  return {
    folder,
    excludes: [`/${workFolder}/`],
    items: itemsOf(name, targets, result.made),
    checkedMirrors: [],
    requested: { run, takenAtMs, natives, consistency: consistency ?? 'crash' },
  };
}

/** What was there and is not any more is named; its snapshots stay. */
async function nameVanished(work: string, targets: readonly Target[], { onNotice }: PrepareContext): Promise<void> {
  const path = join(work, 'known.json');
  const before = namesIn(await readSmallFile(path, knownBytes));
  const now = new Set(targets.map(({ id }) => id));
  for (const id of before) {
    if (!now.has(id)) onNotice(`${id} was part of this source and is not found any more; its snapshots are kept.`);
  }
  await writeFileAtomically(path, JSON.stringify([...now]));
}

function namesIn(text: string | null): readonly string[] {
  try {
    const names: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

/** That which another engine has left for the same repository, as long as nothing there speaks of it. */
async function takeOf(
  { run, isStored }: Ec2SourceOptions,
  { work, repository }: { readonly work: string; readonly repository: string },
  { nowMs, onNotice }: PrepareContext,
): Promise<Take> {
  const left = await Take.read(work);
  const isRecent = left?.record.repository === repository && nowMs() - left.record.takenAtMs < longestLeftMs;
  if (isRecent && !(await isStored(left.record.run))) {
    onNotice('Goes on with what an earlier run had begun to ask AWS for.');
    return left;
  }
  return Take.begin(work, { ...run, periods: [...run.periods], repository, takenAtMs: nowMs() });
}

type Described = ReadonlyMap<string, string>;

/** An instance that cannot be described keeps no snapshot back. */
async function describeAll(
  { clients }: Ec2SourceOptions,
  targets: readonly Target[],
  { nowMs, signal, onIssue }: PrepareContext,
): Promise<Described> {
  const described = new Map<string, string>();
  const instances = targets.filter(({ kind }) => kind === 'instance');
  await inParallel(instances, atOnce, async ({ id }) => {
    try {
      const description = await describeInstance(clients, id, { nowMs: nowMs(), signal });
      for (const { what, reason } of description.unread)
        onIssue({ path: id, code: 'SOURCE_UNREADABLE', message: `${what} could not be read: ${reason}` });
      described.set(id, JSON.stringify(description, null, 2));
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = toHoldfastError(error);
      onIssue({ path: id, code, message });
    }
  });
  return described;
}

type Requested = {
  readonly made: readonly Asked[];
  readonly failures: readonly HoldfastError[];
  readonly tagged: Consistency;
};

type Wanted = {
  readonly targets: readonly Target[];
  readonly take: Take;
  readonly repository: string;
  readonly consistency: Consistency;
};

async function requestAll(
  options: Ec2SourceOptions,
  { targets, take, repository, consistency }: Wanted,
  { signal, onIssue, onProgress }: PrepareContext,
): Promise<Requested> {
  const { clients, once, pace = usualPace } = options;
  const { run, takenAtMs, profile, periods } = take.record;
  const { name: source, tenant, console } = options;
  const lineage = { console, tenant, source, repository, run, takenAtMs, profile, periods, consistency };
  const stated = {
    lineage: { ...lineage, copyTo: options.copies.map(copyTarget), copyOf: null, keepUntilMs: null },
    more: options.lock === null ? [] : [{ Key: tagKeys.lock, Value: lockWish(options.lock) }],
  };
  const made: Asked[] = [];
  const failures: HoldfastError[] = [];
  let done = 0;
  const totals = { items: targets.length, bytes: 0 };
  await inParallel(targets, atOnce, async (target) => {
    const isUncertain = take.isAsked(target.id);
    await take.ask(target.id);
    try {
      const natives = await requestSnapshots(target, stated, isUncertain, {
        clients,
        once,
        region: clients.region,
        pace,
        signal,
      });
      made.push({ target, natives });
    } catch (error) {
      signal.throwIfAborted();
      const failure = toHoldfastError(error);
      failures.push(failure);
      onIssue({ path: target.id, code: failure.code, message: failure.message });
    }
    done += 1;
    onProgress({ doneItems: done, doneBytes: 0, currentItem: target.id, totals });
  });
  return { made, failures, tagged: consistency };
}

/** What was said beforehand did not hold to the end. */
async function correct(
  { clients }: Ec2SourceOptions,
  made: readonly Asked[],
  consistency: Consistency,
  { signal, onNotice }: PrepareContext,
): Promise<void> {
  const ids = made.flatMap(({ natives }) => natives.map(({ id }) => id));
  const Tags = [{ Key: tagKeys.consistency, Value: consistency }];
  try {
    for (let at = 0; at < ids.length; at += tagsAtOnce) {
      const command = new CreateTagsCommand({ Resources: ids.slice(at, at + tagsAtOnce), Tags });
      await asked('CreateTags', () => clients.ec2().send(command, { abortSignal: signal }));
    }
  } catch (error) {
    signal.throwIfAborted();
    onNotice(
      `The tags of native snapshots still say that they are application-consistent. ${toHoldfastError(error).message}`,
    );
  }
}

type Files = { readonly described: Described; readonly made: readonly Asked[]; readonly takenAtMs: number };

/** In place of those of the run before. */
async function writeFiles(folder: string, { described, made, takenAtMs }: Files): Promise<void> {
  const fresh = join(folder, workFolder, 'fresh');
  await rm(fresh, { recursive: true, force: true });
  for (const part of [volumesFolder, instancesFolder]) await mkdir(join(fresh, part), { recursive: true, mode: 0o700 });
  for (const [id, text] of described) await writeFileAtomically(join(fresh, instancesFolder, `${id}.json`), text);
  for (const { target, natives } of made) {
    for (const native of natives) {
      const file = nativeFile(target, native, takenAtMs);
      const path = join(fresh, volumesFolder, `${file.volume}.json`);
      await writeFileAtomically(path, JSON.stringify(file, null, 2));
    }
  }
  for (const part of [volumesFolder, instancesFolder]) {
    await rm(join(folder, part), { recursive: true, force: true });
    await rename(join(fresh, part), join(folder, part));
  }
}

function nativeFile({ instance, volumes }: Target, native: NativeSnapshot, takenAtMs: number): NativeFile {
  const volume = native.volume ?? '';
  const of = volumes.find((one) => one.volume === volume);
  return {
    version: 1,
    snapshot: native.id,
    region: native.region,
    account: native.account === '' ? null : native.account,
    volume,
    instance,
    device: of?.device ?? null,
    isRoot: of?.isRoot ?? false,
    sizeGiB: native.sizeGiB,
    encrypted: native.encrypted,
    requestedAt: new Date(takenAtMs).toISOString(),
  };
}

/** A volume of an instance that was attached a moment ago may be missing in what AWS has taken. */
function itemsOf(folder: string, targets: readonly Target[], made: readonly Asked[]): readonly CapturedItem[] {
  const taken = new Set(made.flatMap(({ natives }) => natives.map(({ volume }) => volume)));
  const wanted = new Set(targets.flatMap(({ volumes }) => volumes.map(({ volume }) => volume)));
  return [...wanted].map((volume) => ({ path: volumeItem(folder, volume), complete: taken.has(volume) }));
}
