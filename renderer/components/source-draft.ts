/** A folder source while somebody puts it together: what it says, what is still wrong with it, what it will be. */
import { isPlainPath, namePattern } from '../../shared/model/configuration.ts';
import { noHooks } from '../../shared/model/hooks.ts';
import { parseSize } from '../../shared/model/units.ts';
import { hookProperties } from '../../shared/model/typed-hook.ts';
import type { FolderDefinition, SourceDefinition } from '../../shared/contract/sources.ts';

export type SourceDraft = {
  readonly paths: readonly string[];
  /** gitignore patterns, one a line. */
  readonly excludes: string;
  readonly excludeCaches: boolean;
  /** As it was typed: `2 GiB`; empty for no limit. */
  readonly largest: string;
  readonly oneFileSystem: boolean;
  /** Empty: the name that is suggested. */
  readonly name: string;
  /** Kept as they are: they are changed where profiles are given. */
  readonly tags: readonly string[];
  readonly rpoMs: number | null;
};

export const emptyDraft: SourceDraft = {
  paths: [],
  excludes: '',
  excludeCaches: false,
  largest: '',
  oneFileSystem: false,
  name: '',
  tags: [],
  rpoMs: null,
};

/** What is often left out because it can be had again; nothing of it is left out unless somebody says so. */
export const excludeSuggestions: readonly { readonly pattern: string; readonly words: string }[] = [
  { pattern: 'node_modules/', words: 'JavaScript packages' },
  { pattern: '.venv/', words: 'Python environments' },
  { pattern: '__pycache__/', words: 'compiled Python' },
  { pattern: 'target/', words: 'build output of Rust and Java' },
  { pattern: '.cache/', words: 'caches of programs' },
  { pattern: '.Trash*/', words: 'trash folders' },
  { pattern: '*.tmp', words: 'temporary files' },
];

export function patternsOf(excludes: string): readonly string[] {
  return excludes.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

export function withPattern(excludes: string, pattern: string, wanted: boolean): string {
  const lines = excludes.split('\n').filter((line) => line !== '' && line !== pattern);
  return [...lines, ...(wanted ? [pattern] : [])].join('\n');
}

/** The path as the engine wants it: no doubled or trailing slash. */
export function plainPath(text: string): string {
  const path = text.trim().replaceAll(/\/+/g, '/');
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}

/** Null where the text can be taken as a path; else what is wrong with it. */
export function pathFault(text: string, chosen: readonly string[]): string | null {
  const path = plainPath(text);
  if (!path.startsWith('/')) return 'A path begins with /.';
  if (!isPlainPath(path)) return 'A path has no “.” and “..” in it.';
  if (chosen.includes(path)) return 'This is chosen already.';
  const above = chosen.find((other) => path.startsWith(other === '/' ? '/' : `${other}/`));
  return above === undefined ? null : `This lies in ${above}, which is chosen already.`;
}

/** Adds a path, and takes out those that lie in it. */
export function withPath(paths: readonly string[], text: string): readonly string[] {
  const path = plainPath(text);
  return [...paths.filter((other) => other !== path && !other.startsWith(path === '/' ? '/' : `${path}/`)), path];
}

/** From the last part of the first path, made a name, and told from those that are taken. */
export function suggestedName(paths: readonly string[], taken: ReadonlySet<string>): string {
  const last = (paths[0] ?? '').split('/').filter(Boolean).at(-1) ?? 'everything';
  const base = last
    .replaceAll(/[^\p{L}\p{N} ._@+-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 80)
    .trim();
  const name = base === '' ? 'files' : base;
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) if (!taken.has(`${name}-${number}`)) return `${name}-${number}`;
}

export function nameFault(name: string, taken: ReadonlySet<string>): string | null {
  if (taken.has(name)) return 'There is a source of this name already.';
  return namePattern.test(name)
    ? null
    : 'A name is of letters, digits, spaces and . _ @ + -, and begins with a letter or digit.';
}

export function largestFault(text: string): string | null {
  return text.trim() === '' || (parseSize(text) ?? 0) > 0 ? null : 'A size is written as 500M or 2 GiB.';
}

export function nameOf(draft: SourceDraft, taken: ReadonlySet<string>): string {
  return draft.name.trim() === '' ? suggestedName(draft.paths, taken) : draft.name.trim();
}

/** Null while something is missing or wrong. */
export function definitionOf(draft: SourceDraft, taken: ReadonlySet<string>): FolderDefinition | null {
  const name = nameOf(draft, taken);
  if (draft.paths.length === 0 || nameFault(name, taken) !== null || largestFault(draft.largest) !== null) return null;
  return {
    kind: 'folder',
    name,
    paths: [...draft.paths],
    excludes: [...patternsOf(draft.excludes)],
    excludeCaches: draft.excludeCaches,
    excludeLargerThanBytes: draft.largest.trim() === '' ? null : parseSize(draft.largest),
    oneFileSystem: draft.oneFileSystem,
    commands: noHooks,
    tags: [...draft.tags],
    rpoMs: draft.rpoMs,
  };
}

/** The command line that registers it. */
export function addCommand(source: FolderDefinition): readonly string[] {
  const set = (key: string, value: string | null) => (value === null ? [] : ['--set', `${key}=${value}`]);
  return [
    'holdfast',
    'source',
    'add',
    source.kind,
    '--name',
    source.name,
    ...source.paths.flatMap((path) => set('path', path)),
    ...source.excludes.flatMap((pattern) => set('exclude', pattern)),
    ...(source.excludeCaches ? set('exclude-caches', 'true') : []),
    ...set(
      'exclude-larger-than',
      source.excludeLargerThanBytes === null ? null : String(source.excludeLargerThanBytes),
    ),
    ...(source.oneFileSystem ? set('one-file-system', 'true') : []),
    ...hookProperties(source.commands).flatMap(([key, value]) => set(key, value)),
  ];
}

/** A source that is there, to be changed. */
export function draftOf(source: FolderDefinition): SourceDraft {
  const { name, paths, excludes, excludeCaches, excludeLargerThanBytes: largest, oneFileSystem, tags, rpoMs } = source;
  return {
    paths,
    excludes: excludes.join('\n'),
    excludeCaches,
    largest: largest === null ? '' : String(largest),
    oneFileSystem,
    name,
    tags,
    rpoMs,
  };
}

/** The command line that makes `before` into `after`; what was there and is there no more is taken away. */
export function changeCommand(before: FolderDefinition, after: FolderDefinition): readonly string[] {
  const gone = (key: string, was: boolean, is: boolean) => (was && !is ? ['--unset', key] : []);
  const [, , , ...properties] = addCommand(after);
  return [
    'holdfast',
    'source',
    'set',
    after.name,
    ...properties.slice(properties.indexOf('--set')),
    ...gone('exclude', before.excludes.length > 0, after.excludes.length > 0),
    ...gone('exclude-caches', before.excludeCaches, after.excludeCaches),
    ...gone('exclude-larger-than', before.excludeLargerThanBytes !== null, after.excludeLargerThanBytes !== null),
    ...gone('one-file-system', before.oneFileSystem, after.oneFileSystem),
    ...goneHooks(before.commands, after.commands),
  ];
}

function goneHooks(before: SourceDefinition['commands'], after: SourceDefinition['commands']): readonly string[] {
  const stays = new Set(hookProperties(after).map(([key]) => nameOfProperty(key)));
  const gone = hookProperties(before).map(([key]) => nameOfProperty(key));
  return gone.filter((key) => !stays.has(key)).flatMap((key) => ['--unset', key]);
}

/** Of one hook in place of another kind, nothing has to be taken away. */
function nameOfProperty(key: string): string {
  return key.replace(/-(?:shell|webhook)$/, '');
}
