/**
 * What giving back a repository of GitHub would do there beside its refs: settings, topics, releases and their files. Pure.
 * What somebody has set there is not replaced unless that was asked for; what a new repository has anyway nobody has set.
 */

import { formatBytes } from './units.ts';

export const partActions = ['create', 'set', 'finish', 'replace', 'leave', 'unchanged'] as const;
export type PartAction = (typeof partActions)[number];
export const partKinds = ['visibility', 'setting', 'topics', 'release', 'asset', 'wiki', 'archived'] as const;
export type PartKind = (typeof partKinds)[number];

export type PlannedPart = {
  readonly kind: PartKind;
  /** Of the setting, the release by its tag, the asset as `tag/name`. */
  readonly name: string;
  readonly action: PartAction;
  /** What is there, and what the snapshot has, for people; null for nothing. */
  readonly from: string | null;
  readonly to: string | null;
  /** It would replace what somebody has put there. */
  readonly heldBack: boolean;
};

export type SettingValue = string | boolean;

/** As GitHub makes a repository; also which settings are given back. Others are of the plan or of the organization. */
const ofNewOnes = {
  description: '',
  homepage: '',
  has_issues: true,
  has_projects: true,
  has_wiki: true,
  is_template: false,
  allow_squash_merge: true,
  allow_merge_commit: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  delete_branch_on_merge: false,
  web_commit_signoff_required: false,
} as const satisfies Readonly<Record<string, SettingValue>>;

export type SettingName = keyof typeof ofNewOnes;
export type GitHubSettings = Readonly<Partial<Record<SettingName, SettingValue>>>;
export const settingNames = Object.keys(ofNewOnes) as readonly SettingName[];

export type RepositoryFacts = {
  readonly settings: GitHubSettings;
  /** Sorted. */
  readonly topics: readonly string[];
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
};

type Wishes = { readonly overwrite: boolean };

/** `seen`: null where the repository is not there yet. Only what the snapshot knows of is looked at. */
export function planSettings(
  wanted: GitHubSettings,
  seen: GitHubSettings | null,
  { overwrite }: Wishes,
): readonly PlannedPart[] {
  return settingNames.flatMap((name): PlannedPart[] => {
    const to = wanted[name];
    if (to === undefined) return [];
    const usual = ofNewOnes[name];
    const from = seen === null ? usual : seen[name];
    const isSame = from === to;
    const heldBack = !isSame && !overwrite && from !== undefined && from !== usual;
    const action = isSame ? 'unchanged' : 'set';
    return [
      { kind: 'setting', name, action, from: from === undefined ? null : String(from), to: String(to), heldBack },
    ];
  });
}

export function planTopics(
  wanted: readonly string[],
  seen: readonly string[],
  { overwrite }: Wishes,
): readonly PlannedPart[] {
  const [from, to] = [seen.toSorted().join(', '), wanted.toSorted().join(', ')];
  if (from === '' && to === '') return [];
  const heldBack = from !== to && from !== '' && !overwrite;
  return [{ kind: 'topics', name: 'topics', action: from === to ? 'unchanged' : 'set', from, to, heldBack }];
}

/** A repository that is there keeps what it has; one that is made gets what was asked for. */
export function planVisibility(asked: boolean, seen: RepositoryFacts | null, kept: boolean | null): PlannedPart {
  const words = (isPrivate: boolean): string => (isPrivate ? 'private' : 'public');
  const base = { kind: 'visibility', name: 'visibility', heldBack: false } as const;
  if (seen === null) return { ...base, action: 'create', from: null, to: words(asked) };
  const to = words(kept ?? seen.isPrivate);
  const from = words(seen.isPrivate);
  return { ...base, action: from === to ? 'unchanged' : 'leave', from, to };
}

export type KeptAsset = {
  readonly name: string;
  readonly label: string | null;
  readonly contentType: string;
  readonly size: number;
  /** As in `sha256:…`; null where GitHub has named none. */
  readonly digest: string | null;
};

export type SeenAsset = Pick<KeptAsset, 'name' | 'size' | 'digest'> & {
  readonly id: number;
  /** False for one whose upload was cut off. */
  readonly isWhole: boolean;
};

export type ReleaseText = {
  readonly tag: string;
  readonly name: string;
  readonly body: string;
  readonly isPrerelease: boolean;
};

export type KeptRelease<Asset extends KeptAsset = KeptAsset> = ReleaseText & {
  readonly isDraft: boolean;
  /** A branch or commit, for a draft whose tag is to come. */
  readonly target: string | null;
  readonly assets: readonly Asset[];
};

export type SeenRelease = ReleaseText & {
  readonly id: number;
  readonly isDraft: boolean;
  readonly assets: readonly SeenAsset[];
};

export type PlannedAsset<Asset extends KeptAsset> = {
  readonly wanted: Asset;
  readonly seen: SeenAsset | null;
  readonly part: PlannedPart;
};

export type PlannedRelease<Asset extends KeptAsset = KeptAsset> = {
  readonly wanted: KeptRelease<Asset>;
  readonly seen: SeenRelease | null;
  readonly part: PlannedPart;
  readonly assets: readonly PlannedAsset<Asset>[];
};

/** Oldest first, as `wanted` is. One with the same tag is taken for the same release. */
export function planReleases<Asset extends KeptAsset>(
  wanted: readonly KeptRelease<Asset>[],
  seen: readonly SeenRelease[],
  wishes: Wishes,
): readonly PlannedRelease<Asset>[] {
  const free = new Set(seen);
  return wanted.map((release) => {
    const same = [...free].filter(({ tag }) => tag === release.tag);
    const found = same.find(({ isDraft }) => isDraft === release.isDraft) ?? same[0] ?? null;
    if (found !== null) free.delete(found);
    const part = planRelease(release, found);
    // A draft that reads otherwise is somebody's work: nothing is put into it.
    const isOthers = part.action === 'leave' && found?.isDraft === true;
    const assets = release.assets.map((asset) => planAsset(release.tag, asset, found, isOthers, wishes));
    return { wanted: release, seen: found, part, assets };
  });
}

function planRelease(wanted: KeptRelease, seen: SeenRelease | null): PlannedPart {
  const to = sayRelease(wanted);
  const base = { kind: 'release', name: wanted.tag, to, heldBack: false } as const;
  if (seen === null) return { ...base, action: 'create', from: null };
  const from = sayRelease(seen);
  if (!hasSameText(wanted, seen)) return { ...base, action: 'leave', from };
  if (seen.isDraft === wanted.isDraft) return { ...base, action: 'unchanged', from };
  return { ...base, action: seen.isDraft ? 'finish' : 'leave', from };
}

function planAsset<Asset extends KeptAsset>(
  tag: string,
  wanted: Asset,
  release: SeenRelease | null,
  isOthers: boolean,
  { overwrite }: Wishes,
): PlannedAsset<Asset> {
  const seen = release?.assets.find(({ name }) => name === wanted.name) ?? null;
  const base = { kind: 'asset', name: `${tag}/${wanted.name}`, to: formatBytes(wanted.size) } as const;
  const from = seen === null ? null : seen.isWhole ? formatBytes(seen.size) : 'cut off';
  const as = (action: PartAction, heldBack = false): PlannedAsset<Asset> => ({
    wanted,
    seen,
    part: { ...base, from, action, heldBack },
  });
  if (isOthers) return as('leave');
  if (seen === null) return as('create');
  if (!seen.isWhole) return as('replace');
  return isSameAsset(wanted, seen) ? as('unchanged') : as('replace', !overwrite);
}

/** By size, and by digest where both have one. */
export function isSameAsset(wanted: KeptAsset, seen: SeenAsset): boolean {
  const isOther = wanted.digest !== null && seen.digest !== null && wanted.digest !== seen.digest;
  return seen.isWhole && seen.size === wanted.size && !isOther;
}

export function hasSameText(a: ReleaseText, b: ReleaseText): boolean {
  const lines = (text: string): string => text.replaceAll('\r\n', '\n');
  return a.name === b.name && lines(a.body) === lines(b.body) && a.isPrerelease === b.isPrerelease;
}

function sayRelease({ name, isDraft, isPrerelease }: ReleaseText & { readonly isDraft: boolean }): string {
  const words = [isDraft ? 'draft' : '', isPrerelease ? 'prerelease' : ''].filter((word) => word !== '');
  return [name, ...words].filter((word) => word !== '').join(', ');
}
