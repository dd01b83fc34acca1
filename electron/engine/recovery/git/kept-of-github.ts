/** What a snapshot keeps of a repository of GitHub beside its refs, as the source wrote it: read, and believed in bounds only. */
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import {
  settingNames,
  type GitHubSettings,
  type KeptAsset,
  type KeptRelease,
  type RepositoryFacts,
} from '../../../../shared/model/github-restore-plan.ts';
import { displayRaw, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import { besideOf, type SnapshotTree } from './snapshot-tree.ts';

export type StoredAsset = KeptAsset & {
  /** In the snapshot; null where it holds no such file, or one of another size. */
  readonly path: RawPath | null;
};

export type KeptRepository = {
  /** Null where no settings were kept. */
  readonly facts: RepositoryFacts | null;
  /** Oldest first. */
  readonly releases: readonly KeptRelease<StoredAsset>[];
  /** What is kept and cannot be given back. */
  readonly notGivenBack: readonly string[];
};

const largestBytes = 256 * 1024 * 1024;
const text = z.string().max(1_000_000);

const settingsSchema = z.looseObject({
  private: z.boolean(),
  archived: z.boolean().default(false),
  topics: z.array(z.string().max(100)).max(1000).default([]),
  has_discussions: z.boolean().default(false),
});
const valueSchema = z.union([text, z.boolean(), z.null()]);

const releaseSchema = z.object({
  id: z.number().int().positive(),
  tag_name: z.string().min(1).max(1000),
  target_commitish: z.string().max(1000).nullish(),
  name: text.nullish(),
  body: text.nullish(),
  draft: z.boolean().default(false),
  prerelease: z.boolean().default(false),
  created_at: z.string().max(40).nullish(),
  published_at: z.string().max(40).nullish(),
  assets: z
    .array(
      z.object({
        name: z.string().min(1).max(1000),
        label: z.string().max(1000).nullish(),
        content_type: z.string().max(255).default('application/octet-stream'),
        size: z.number().int().nonnegative(),
        digest: z.string().max(200).nullish(),
        file: z.string().regex(/^[\w+@-][\w.+@-]{0,199}$/),
      }),
    )
    .default([]),
});
type Release = z.output<typeof releaseSchema>;

/** Files of lists, and what is in them. An empty list is of some bytes. */
const lists: readonly (readonly [file: string, what: string, emptyBytes: number])[] = [
  ['issues.jsonl', 'issues', 0],
  ['comments.jsonl', 'comments', 0],
  ['pulls.jsonl', 'pull requests', 0],
  ['reviews.jsonl', 'reviews', 0],
  ['review-comments.jsonl', 'comments of reviews', 0],
  ['labels.json', 'labels', 3],
  ['milestones.json', 'milestones', 3],
  ['protection.json', 'protection of branches', 19],
];

/** `path`: of the mirror. GIT_REPOSITORY_INVALID. */
export async function readKept(tree: SnapshotTree, path: RawPath): Promise<KeptRepository> {
  const meta = besideOf(path);
  const read = async <Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.output<Schema> | null> => {
    const file = joinRaw(meta, name);
    const bytes = await tree.file(file, largestBytes);
    if (bytes === null) return null;
    const parsed = schema.safeParse(parseJson(bytes));
    if (parsed.success) return parsed.data;
    throw new HoldfastError('GIT_REPOSITORY_INVALID', `${displayRaw(file)} is not what a source of GitHub writes.`);
  };
  const settings = await read('repository.json', settingsSchema);
  const releases = (await read('releases.json', z.array(releaseSchema).max(100_000))) ?? [];
  const sizes = new Map((await tree.files(meta)).map(({ name, size }) => [name, size]));
  const inLists = lists.flatMap(([file, what, emptyBytes]) => ((sizes.get(file) ?? 0) > emptyBytes ? [what] : []));
  return {
    facts: settings === null ? null : factsOf(settings),
    releases: await Promise.all(releases.toSorted(byAge).map((release) => keptRelease(tree, meta, release))),
    notGivenBack: [...inLists, ...(settings?.has_discussions === true ? ['discussions'] : [])],
  };
}

/** Of the answer to a call as of what was kept of one. */
export function factsOf(repository: z.output<typeof settingsSchema>): RepositoryFacts {
  const settings = settingNames.flatMap((name) => {
    const { success, data } = valueSchema.safeParse(repository[name]);
    return success && name in repository ? [[name, data ?? ''] as const] : [];
  });
  return {
    settings: Object.fromEntries(settings) as GitHubSettings,
    topics: repository.topics.toSorted(),
    isPrivate: repository.private,
    isArchived: repository.archived,
  };
}

export const repositoryFactsSchema = settingsSchema.transform(factsOf);

async function keptRelease(tree: SnapshotTree, meta: RawPath, release: Release): Promise<KeptRelease<StoredAsset>> {
  const folder = joinRaw(meta, `releases/${release.id}`);
  const stored = new Map(
    release.assets.length === 0 ? [] : (await tree.files(folder)).map(({ name, size }) => [name, size]),
  );
  return {
    tag: release.tag_name,
    name: release.name ?? '',
    body: release.body ?? '',
    isDraft: release.draft,
    isPrerelease: release.prerelease,
    target: release.target_commitish ?? null,
    assets: release.assets.map(({ name, label = null, content_type: contentType, size, digest = null, file }) => ({
      name,
      label,
      contentType,
      size,
      digest,
      path: stored.get(file) === size ? joinRaw(folder, file) : null,
    })),
  };
}

/** As they were published; drafts at last. */
function byAge(a: Release, b: Release): number {
  const [one, other] = [momentOf(a), momentOf(b)];
  return one === other ? a.id - b.id : one < other ? -1 : 1;
}

function momentOf({ published_at: published, created_at: made, draft }: Release): string {
  return draft ? '~' : (published ?? made ?? '');
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
