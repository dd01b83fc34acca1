/** Properties of a source as they are typed: `key=value`, by its kind; and as they are shown. */
import { resolve } from 'node:path';
import {
  githubDefinitionSchema,
  gitDefinitionSchema,
  type FolderDefinition,
  type GitDefinition,
  type GithubDefinition,
  type SourceDefinition,
} from '../../shared/contract/sources.ts';
import { noHooks } from '../../shared/model/hooks.ts';
import { verifyEveryDays } from '../../shared/model/mirror-checks.ts';
import { sourceKinds, type SourceKind } from '../../shared/model/source-kinds.ts';
import { formatBytes, formatDuration, parseDuration, parseSize } from '../../shared/model/units.ts';
import { yesOrNo } from './arguments.ts';
import { bucketFacts, bucketKeys, BUCKET_HELP, bucketWith, newBucket } from './bucket-properties.ts';
import { localTime } from './display.ts';
import { badUsage } from './failure.ts';
import { EC2_KEYS_HELP, ec2Facts, ec2Keys, ec2With, emptyEc2 } from './ec2-properties.ts';
import { checked, Given, type Properties } from './given-properties.ts';
import { hookFacts, hookKeys, HOOKS_HELP, hooksWith } from './hook-properties.ts';

export const SOURCE_KEYS_HELP = `
Keys of a folder source, each as --set key=value:
  path                 what to protect; may be given several times
  exclude              pattern as in .gitignore; may be given several times
  exclude-caches       yes or no
  exclude-larger-than  size, such as 500M
  one-file-system      yes or no
Keys of a git source (its secret: --secret token=env:NAME):
  url                  https://, ssh:// or git@host:path; may be given several times
  user                 the name that goes with the token
Keys of a github source (its secret: --secret token=env:NAME, or app-key=env:NAME):
  owner                an organisation or a user
  api                  https://api.github.com unless it is an Enterprise server: https://<host>/api/v3
  include, exclude     names of repositories, with * and ?; may be given several times
  topic                one that a repository has to have; may be given several times
  visibility           all, public or private
  forks, archived      yes or no (yes)
  pushed-within        how long ago the last push may be, such as 365d
  wiki, issues, releases  yes or no (yes)
  app, installation    the numbers of a GitHub App and of its installation, in place of a token
${EC2_KEYS_HELP}
Of git and github:
  lfs                  yes or no (yes): objects of Git LFS too
  pull-refs            yes or no (no): the heads of pull requests too
  mirrors              the folder that mirrors lie in
  verify-every         how old the last full check of a mirror may get, such as 14d (7d)
${BUCKET_HELP}
Of all:
${HOOKS_HELP}
  tag                  a word by which profiles are given; may be given several times
  rpo                  how old its newest good snapshot may be, such as 26h; without it as its profile says`;

const ofAll = [...hookKeys, 'tag', 'rpo'];
const mirrored = ['lfs', 'pull-refs', 'mirrors', 'verify-every'];
const keysOf: Readonly<Record<SourceKind, ReadonlySet<string>>> = {
  folder: new Set(['path', 'exclude', 'exclude-caches', 'exclude-larger-than', 'one-file-system', ...ofAll]),
  git: new Set(['url', 'user', ...mirrored, ...ofAll]),
  github: new Set([
    'owner',
    'api',
    'include',
    'exclude',
    'topic',
    'visibility',
    'forks',
    'archived',
    'pushed-within',
    'wiki',
    'issues',
    'releases',
    'app',
    'installation',
    ...mirrored,
    ...ofAll,
  ]),
  ec2: new Set([...ec2Keys, ...ofAll]),
  's3-bucket': new Set([...bucketKeys, ...ofAll]),
};
const repeatable = new Set(['path', 'url', 'include', 'exclude', 'topic', 'tag', 'copy']);

/** `kind`: null where it is not known yet. BAD_USAGE. */
export function readProperties(
  kind: SourceKind | null,
  set: readonly string[],
  unset: readonly string[] = [],
): Properties {
  const values: Properties = new Map();
  for (const text of set) {
    const at = text.indexOf('=');
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || value === '') throw badUsage(`Write --set key=value; ${text} is not of that form.`);
    mustBeKey(kind, key);
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  for (const [key, given] of values)
    if (given.length > 1 && !repeatable.has(key)) throw badUsage(`${key} can be given once.`);
  for (const key of unset) {
    mustBeKey(kind, key);
    if (values.has(key)) throw badUsage(`${key} is both set and taken away.`);
    values.set(key, []);
  }
  return values;
}

function mustBeKey(kind: SourceKind | null, key: string): void {
  const kinds = kind === null ? sourceKinds : [kind];
  const keys = new Set(kinds.flatMap((one) => [...keysOf[one]]));
  if (keys.has(key)) return;
  const which = kind === null ? 'source' : `${kind} source`;
  throw badUsage(`A ${which} has no ${key}; it has ${[...keys].join(', ')}.`);
}

/** A source with nothing in it but its name. `folder` is what relative paths start from. BAD_USAGE. */
export function newSource(kind: SourceKind, name: string, properties: Properties, folder: string): SourceDefinition {
  const common = { name, commands: noHooks, tags: [], rpoMs: null };
  const mirror = { mirrors: null, lfs: true, pullRefs: false, verifyEveryDays: verifyEveryDays.usual, exceptions: [] };
  const empty: Readonly<Record<SourceKind, SourceDefinition>> = {
    folder: {
      kind: 'folder',
      ...common,
      paths: [],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
    },
    git: { kind: 'git', ...common, ...mirror, urls: [], user: null },
    github: githubDefinitionSchema.parse({ kind: 'github', ...common, ...mirror, owner: 'nobody' }),
    ec2: emptyEc2(common),
    's3-bucket': newBucket(common, properties),
  };
  if (kind === 'github' && !properties.has('owner')) throw badUsage('A github source needs --set owner=<login>.');
  return sourceWith(empty[kind], properties, folder, true);
}

/** What is not among the properties stays as it was. BAD_USAGE. */
export function sourceWith(
  before: SourceDefinition,
  properties: Properties,
  folder: string,
  isNew = false,
): SourceDefinition {
  const of = new Given(properties);
  const source = { ...before, ...commonWith(before, properties, of) };
  if (source.kind === 'folder') return folderWith(source, of, folder);
  if (source.kind === 'ec2') return ec2With(source, of, of.list('tag', []).filter(isRule), isNew);
  if (source.kind === 's3-bucket') return bucketWith(source, of);
  const mirrors = of.value('mirrors', source.mirrors, (text) => (text === null ? null : resolve(folder, text)));
  const lfs = of.value('lfs', source.lfs, (text) => text === null || yesOrNo('lfs', text));
  const pullRefs = of.value('pull-refs', source.pullRefs, (text) => yesOrNo('pull-refs', text));
  const days = of.value('verify-every', source.verifyEveryDays, checkDays);
  const mirror = { mirrors, lfs, pullRefs, verifyEveryDays: days };
  return source.kind === 'git' ? gitWith({ ...source, ...mirror }, of) : githubWith({ ...source, ...mirror }, of);
}

/** Of a source in EC2, what it is of; names of tags that profiles are given by hold no such sign. */
function isRule(tag: string): boolean {
  return tag.includes('=');
}

function commonWith(before: SourceDefinition, properties: Properties, of: Given) {
  return {
    commands: hooksWith(before.commands, properties),
    tags: tagsWith(before, of),
    rpoMs: of.value('rpo', before.rpoMs, durationOrNone('rpo')),
  };
}

/** A rule alone leaves the others as they were. */
function tagsWith({ kind, tags }: SourceDefinition, of: Given): string[] {
  const given = of.list('tag', tags);
  if (kind !== 'ec2') return given;
  const plain = given.filter((tag) => !isRule(tag));
  return plain.length === 0 && given.length > 0 ? tags : plain;
}

function folderWith(before: FolderDefinition, of: Given, folder: string): FolderDefinition {
  const paths = of.list('path', before.paths).map((path) => resolve(folder, path));
  if (paths.length === 0) throw badUsage('A folder source needs --set path=<folder>.');
  return {
    ...before,
    paths,
    excludes: of.list('exclude', before.excludes),
    excludeCaches: of.value('exclude-caches', before.excludeCaches, (text) => yesOrNo('exclude-caches', text)),
    excludeLargerThanBytes: of.value('exclude-larger-than', before.excludeLargerThanBytes, sizeOrNone),
    oneFileSystem: of.value('one-file-system', before.oneFileSystem, (text) => yesOrNo('one-file-system', text)),
  };
}

function gitWith(before: GitDefinition, of: Given): GitDefinition {
  const urls = of.list('url', before.urls);
  if (urls.length === 0) throw badUsage('A git source needs --set url=<address>.');
  return checked(gitDefinitionSchema, { ...before, urls, user: of.value('user', before.user, (text) => text) });
}

function githubWith(before: GithubDefinition, of: Given): GithubDefinition {
  const { filters, parts, app } = before;
  const yes = (key: string, was: boolean) => of.value(key, was, (text) => text === null || yesOrNo(key, text));
  const id = of.value('app', app?.id ?? null, number('app'));
  const installation = of.value('installation', app?.installation ?? null, number('installation'));
  if ((id === null) !== (installation === null)) throw badUsage('A GitHub App needs both app and installation.');
  return checked(githubDefinitionSchema, {
    ...before,
    owner: of.value('owner', before.owner, (text) => text ?? ''),
    api: of.value('api', before.api, (text) => text ?? undefined),
    app: id === null || installation === null ? null : { id, installation },
    filters: {
      include: of.list('include', filters.include),
      exclude: of.list('exclude', filters.exclude),
      topics: of.list('topic', filters.topics),
      visibility: of.value<string | undefined>('visibility', filters.visibility, (text) => text ?? undefined),
      forks: yes('forks', filters.forks),
      archived: yes('archived', filters.archived),
      pushedWithinDays: of.value('pushed-within', filters.pushedWithinDays, daysOrNone),
    },
    parts: {
      wiki: yes('wiki', parts.wiki),
      issues: yes('issues', parts.issues),
      releases: yes('releases', parts.releases),
    },
  });
}

function number(key: string): (text: string | null) => number | null {
  return (text) => {
    if (text === null) return null;
    if (!/^[1-9]\d{0,14}$/.test(text)) throw badUsage(`${key} is a number.`);
    return Number(text);
  };
}

function sizeOrNone(text: string | null): number | null {
  const bytes = text === null ? null : parseSize(text);
  if (text !== null && (bytes === null || bytes === 0))
    throw badUsage('exclude-larger-than is a size above zero, such as 500M.');
  return bytes;
}

function durationOrNone(key: string): (text: string | null) => number | null {
  return (text) => {
    const ms = text === null ? null : parseDuration(text);
    if (text !== null && (ms === null || ms === 0)) throw badUsage(`${key} is a duration such as 90m, 26h or 1d12h.`);
    return ms;
  };
}

const dayMs = 24 * 3_600_000;

function checkDays(text: string | null): number {
  const { least, most, usual } = verifyEveryDays;
  const ms = durationOrNone('verify-every')(text);
  const days = ms === null ? usual : Math.floor(ms / dayMs);
  if (days < least || days > most) throw badUsage(`verify-every is between ${least} and ${most} days.`);
  return days;
}

function daysOrNone(text: string | null): number | null {
  const ms = durationOrNone('pushed-within')(text);
  return ms === null ? null : Math.max(1, Math.ceil(ms / dayMs));
}

/** What a source protects and how, by its keys; what is usual is left out. */
export function sourceFacts(source: SourceDefinition): (readonly [string, string])[] {
  const facts: (readonly [string, string | null])[] = [
    ['kind', source.kind],
    ...factsOfKind(source),
    ...hookFacts(source.commands),
    ...source.tags.map((tag) => ['tag', tag] as const),
    ['rpo', source.rpoMs === null ? null : formatDuration(source.rpoMs)],
  ];
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
}

function exceptionText({ part, reason, until }: GitDefinition['exceptions'][number]): string {
  return `${part}: ${reason}${until === null ? '' : ` (until ${localTime(until)})`}`;
}

function factsOfKind(source: SourceDefinition): (readonly [string, string | null])[] {
  const each = (key: string, values: readonly string[]) => values.map((value) => [key, value] as const);
  if (source.kind === 'folder') {
    const { excludeLargerThanBytes: largest } = source;
    return [
      ...each('path', source.paths),
      ...each('exclude', source.excludes),
      ['exclude-caches', source.excludeCaches ? 'yes' : null],
      ['exclude-larger-than', largest === null ? null : formatBytes(largest)],
      ['one-file-system', source.oneFileSystem ? 'yes' : null],
    ];
  }
  if (source.kind === 'ec2') return ec2Facts(source);
  if (source.kind === 's3-bucket') return bucketFacts(source);
  const mirror: (readonly [string, string | null])[] = [
    ['lfs', source.lfs ? null : 'no'],
    ['pull-refs', source.pullRefs ? 'yes' : null],
    ['mirrors', source.mirrors],
    ['verify-every', source.verifyEveryDays === verifyEveryDays.usual ? null : `${source.verifyEveryDays}d`],
    ...each('accepted', source.exceptions.map(exceptionText)),
  ];
  if (source.kind === 'git') return [...each('url', source.urls), ['user', source.user], ...mirror];
  const { filters, parts, app } = source;
  const unlessUsual = (isUsual: boolean, text: string) => (isUsual ? null : text);
  return [
    ['owner', source.owner],
    ['api', source.api],
    ['app', app === null ? null : String(app.id)],
    ['installation', app === null ? null : String(app.installation)],
    ...each('include', filters.include),
    ...each('exclude', filters.exclude),
    ...each('topic', filters.topics),
    ['visibility', unlessUsual(filters.visibility === 'all', filters.visibility)],
    ['forks', unlessUsual(filters.forks, 'no')],
    ['archived', unlessUsual(filters.archived, 'no')],
    ['pushed-within', filters.pushedWithinDays === null ? null : `${filters.pushedWithinDays}d`],
    ['wiki', unlessUsual(parts.wiki, 'no')],
    ['issues', unlessUsual(parts.issues, 'no')],
    ['releases', unlessUsual(parts.releases, 'no')],
    ...mirror,
  ];
}
