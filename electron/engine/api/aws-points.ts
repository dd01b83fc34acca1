/** What a Holdfast snapshot knows of instances in AWS: what each was, and which native snapshots are of it. */
import type { z } from 'zod';
import type { awsRestoreRequestSchema, AwsWant } from '../../../shared/contract/aws-restores.ts';
import type { RunSelection } from '../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { instanceDescriptionSchema, type InstanceDescription } from '../aws/instance-description.ts';
import type { RawPath } from '../platform/raw-path.ts';
import { readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots, resolveReference } from '../repository/snapshots.ts';
import { instancesFolder, nativeFileSchema, volumesFolder, type NativeFile } from '../sources/ec2/documents.ts';
import { openAccess } from './access.ts';
import type { CallContext } from './context.ts';

type Point = NonNullable<z.infer<typeof awsRestoreRequestSchema>['point']>;

export type AwsPoint = {
  readonly repository: { readonly id: string; readonly location: string };
  readonly selection: RunSelection;
  readonly natives: readonly NativeFile[];
  readonly described: InstanceDescription | null;
};

const fileBytes = 1024 * 1024;
const pageOfFiles = 1000;
const view = { sort: 'name', descending: false, filter: '', foldersOnly: false } as const;

/** SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS; BAD_USAGE where it is of no instances, or does not say which one is meant. */
export async function readPoint(
  context: CallContext,
  { repository: access, snapshot: reference, source, instance }: Point,
  signal: AbortSignal | undefined,
): Promise<AwsPoint> {
  const repository = await openAccess(context, access);
  const { snapshots } = await listSnapshots(repository);
  const own = snapshots.filter(
    ({ file }) => (readFact(file.tags, 'tenant') ?? context.caller.tenant) === context.caller.tenant,
  );
  const { snapshot } = resolveReference(own, reference, source);
  const files = filesOf(context, repository, snapshot.file.tree, signal);
  const [root] = await files.folders('/');
  const natives = root === undefined ? [] : await readAll(files, `/${root}/${volumesFolder}`, nativeFileSchema);
  if (root === undefined || natives.length === 0)
    throw new HoldfastError('BAD_USAGE', 'That snapshot is of no instances or volumes in AWS.');
  const described = await readAll(files, `/${root}/${instancesFolder}`, instanceDescriptionSchema);
  const takenAt = new Date(snapshot.takenAtMs).toISOString();
  return {
    repository: { id: repository.config.id, location: repository.backend.location },
    selection: { snapshot: snapshot.id, takenAt, source: snapshot.source, path: '/' },
    natives: instance === undefined ? natives : natives.filter((one) => one.instance === instance),
    described: meant(described, instance),
  };
}

function meant(described: readonly InstanceDescription[], wanted: string | undefined): InstanceDescription | null {
  if (wanted === undefined) return described.length === 1 ? (described[0] ?? null) : null;
  const found = described.find(({ instance }) => instance === wanted);
  if (found !== undefined) return found;
  throw new HoldfastError('BAD_USAGE', `That snapshot does not say what ${wanted} was.`);
}

/** Volumes become their native snapshots; a launch without any gets all of the instance. */
export function resolveWant(want: AwsWant, point: AwsPoint | null): AwsWant {
  const nativeOf = (id: string): string => {
    if (id.startsWith('snap-')) return id;
    const found = point?.natives.find(({ volume }) => volume === id);
    if (found === undefined)
      throw new HoldfastError(
        'BAD_USAGE',
        `Nothing says which snapshot is of ${id}: name one, or a Holdfast snapshot of it.`,
      );
    return found.snapshot;
  };
  if (want.kind !== 'launch' && want.kind !== 'clone') return { ...want, snapshot: nativeOf(want.snapshot) };
  const isGiven = want.root !== null || want.data.length > 0;
  if (isGiven || point === null) {
    const data = want.data.map(({ device, snapshot }) => ({ device, snapshot: nativeOf(snapshot) }));
    return { ...want, root: want.root === null ? null : nativeOf(want.root), data };
  }
  if (want.like === null && point.described === null)
    throw new HoldfastError('BAD_USAGE', 'The snapshot is of several instances, or of none: say which one.');
  const of = point.natives.filter(({ instance }) => instance === (want.like ?? point.described?.instance));
  return {
    ...want,
    root: of.find(({ isRoot }) => isRoot)?.snapshot ?? null,
    data: of.flatMap(({ isRoot, device, snapshot }) => (isRoot || device === null ? [] : [{ device, snapshot }])),
  };
}

type Files = {
  folders(path: RawPath): Promise<readonly string[]>;
  names(path: RawPath): Promise<readonly string[]>;
  read(path: RawPath): Promise<string>;
};

function filesOf(
  { browsers }: CallContext,
  repository: Repository,
  tree: string,
  signal: AbortSignal | undefined,
): Files {
  const list = async (path: RawPath, type: string): Promise<readonly string[]> => {
    const names: string[] = [];
    for (let from = 0; ; from += pageOfFiles) {
      const page = await browsers
        .page(repository, { view, tree, path, from, limit: pageOfFiles, against: null }, signal)
        .catch(orNoFolder);
      if (page === null) return names;
      names.push(...page.entries.flatMap((entry) => (entry.type === type ? [entry.name] : [])));
      if (from + pageOfFiles >= page.matching) return names;
    }
  };
  return {
    folders: (path) => list(path, 'dir'),
    names: (path) => list(path, 'file'),
    read: async (path) => {
      const bytes = await browsers.file(repository, { tree, path, maxBytes: fileBytes }, signal);
      return Buffer.from(bytes ?? []).toString('utf8');
    },
  };
}

function orNoFolder(error: unknown): null {
  if (error instanceof HoldfastError && error.code === 'PATH_NOT_IN_SNAPSHOT') return null;
  throw error;
}

async function readAll<Schema extends z.ZodType>(
  files: Files,
  folder: RawPath,
  schema: Schema,
): Promise<z.infer<Schema>[]> {
  const all: z.infer<Schema>[] = [];
  for (const name of await files.names(folder)) {
    if (!name.endsWith('.json')) continue;
    const parsed = schema.safeParse(orNothing(await files.read(`${folder}/${name}`)));
    if (!parsed.success)
      throw new HoldfastError('BAD_USAGE', `${folder}/${name} in the snapshot cannot be understood by this version.`);
    all.push(parsed.data);
  }
  return all;
}

function orNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
