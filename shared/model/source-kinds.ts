/** What kinds of sources there are, and the fields that a kind has. */
export const sourceKinds = ['folder', 'git', 'github', 's3-bucket', 'ec2'] as const;
export type SourceKind = (typeof sourceKinds)[number];

const kindNames: Readonly<Record<SourceKind, string>> = {
  folder: 'Folder',
  git: 'Git',
  github: 'GitHub',
  's3-bucket': 'S3 bucket',
  ec2: 'EC2',
};

/** The kind as people call it; commands call it as it is stored. */
export function sourceKindName(kind: string): string {
  return Object.hasOwn(kindNames, kind) ? kindNames[kind as SourceKind] : kind;
}

/** Kinds that lie elsewhere, and are fetched into mirrors on this machine before they are captured. */
export const mirroredKinds: ReadonlySet<SourceKind> = new Set(['git', 'github']);

export const usualGithubApi = 'https://api.github.com';

/** An owner's login: letters, digits, single hyphens; with an underscore where a company manages its users. */
export const githubOwnerPattern = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/;

const apiPattern = /^(https?):\/\/([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9a-f:]+\])(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]*)?$/;
const thisMachine: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** An API is reached by https; without it on this machine alone, since a token goes with every call. */
export function isApiUrl(text: string): boolean {
  const [, scheme, host = ''] = apiPattern.exec(text) ?? [];
  return scheme === 'https' || (scheme === 'http' && thisMachine.has(host));
}

type Place =
  | { readonly kind: 'folder'; readonly paths: readonly string[] }
  | { readonly kind: 'git'; readonly urls: readonly string[] }
  | { readonly kind: 'github'; readonly owner: string; readonly api: string }
  | { readonly kind: 's3-bucket'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'ec2'; readonly target: Ec2Place; readonly region: string | null };

type Ec2Place =
  | { readonly kind: 'instance'; readonly instance: string }
  | { readonly kind: 'volume'; readonly volume: string }
  | { readonly kind: 'tag'; readonly key: string; readonly value: string | null };

/** What a source protects, for people: paths, addresses, an owner and where it is, or a bucket. */
export function sourcePlaces(source: Place): readonly string[] {
  if (source.kind === 'folder') return source.paths;
  if (source.kind === 'git') return source.urls;
  if (source.kind === 'ec2')
    return [`${targetOf(source.target)}${source.region === null ? '' : ` in ${source.region}`}`];
  if (source.kind === 's3-bucket') return [`s3://${source.bucket}/${source.prefix}`.replace(/\/$/, '')];
  return [`${hostOf(source.api)}/${source.owner}`];
}

function targetOf(target: Ec2Place): string {
  if (target.kind === 'instance') return target.instance;
  if (target.kind === 'volume') return target.volume;
  return target.value === null ? `tag ${target.key}` : `tag ${target.key}=${target.value}`;
}

function hostOf(api: string): string {
  return api === usualGithubApi ? 'github.com' : api.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
