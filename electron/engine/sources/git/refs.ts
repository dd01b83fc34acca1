/**
 * The refs of a mirror and of its server. Their names are bytes that a server chose, held as `RawPath` holds them; in
 * manifests and messages they stand in the form of `displayRaw`, which is their own where they are plain text.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Ref, RefsManifest } from '../../../../shared/model/git-refs.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { displayRaw, type RawPath } from '../../platform/raw-path.ts';
import { GitFailure, type Git } from './git.ts';
import { runGit } from './git-process.ts';

/** Raw names and the ids of what they point to. */
export type RefTable = ReadonlyMap<RawPath, string>;

export type LocalRefs = {
  readonly ids: RefTable;
  /** For annotated tags: what they point to. */
  readonly peeled: RefTable;
};

export type ServerRefs = {
  /** The default branch, raw; null where the server names none. */
  readonly head: RawPath | null;
  readonly ids: RefTable;
};

/** More than any honest repository has; what is known of so many takes about 100 MB. */
const mostRefs = 500_000;
const mostNameBytes = 64 * 1024 * 1024;
const longestLine = 70_000;
const largestListBytes = 64 * 1024 * 1024;
const largestManifestBytes = 256 * 1024 * 1024;

const objectId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** With it stands what an annotated tag points to; no name of a ref can have it. */
const peeledEnding = '^{}';

/** What lies under `refs/holdfast/` is ours, and not what the server has. */
export const ownRefs = 'refs/holdfast/';

/** All refs of a mirror, those of ours included. GitFailure; GIT_TOO_MANY_REFS. */
export async function readLocalRefs(git: Git): Promise<LocalRefs> {
  const ids = new Map<RawPath, string>();
  const peeled = new Map<RawPath, string>();
  const onLine = (line: string): void => {
    const at = line.indexOf(' ');
    const [id, name] = [line.slice(0, at), line.slice(at + 1)];
    // Of a tag of a tag, this is the commit; `for-each-ref` says the one or the other, by the version of Git.
    if (name.endsWith(peeledEnding)) peeled.set(name.slice(0, -peeledEnding.length), id);
    else add(ids, name, id);
  };
  try {
    await eachLine(git, ['show-ref', '--dereference'], onLine);
  } catch (error) {
    // So it says that there are none.
    const isEmpty = error instanceof GitFailure && error.exitCode === 1 && ids.size === 0;
    if (!isEmpty) throw error;
  }
  return { ids, peeled };
}

/** How Git begins a list in which for each annotated tag stands what it points to. */
const peeledHeader = /^# pack-refs with:.* fully-peeled /;

/**
 * As `readLocalRefs`, of a repository that was just cloned: Git has written all of its refs into one list then, which costs
 * no process to read. GIT_TOO_MANY_REFS.
 */
export async function readClonedRefs(git: Git): Promise<LocalRefs> {
  const text = await readSmallFile(join(git.folder, 'packed-refs'), largestListBytes, 'latin1').catch(() => null);
  const loose = await readdir(join(git.folder, 'refs'), { recursive: true, withFileTypes: true }).catch(() => null);
  // Where refs are kept otherwise, and where there are none, Git is asked.
  const isAll = loose !== null && loose.every((entry) => entry.isDirectory());
  if (text === null || !isAll || !peeledHeader.test(text)) return readLocalRefs(git);
  return parsePackedRefs(text);
}

function parsePackedRefs(text: string): LocalRefs {
  const ids = new Map<RawPath, string>();
  const peeled = new Map<RawPath, string>();
  let last = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('^')) peeled.set(last, line.slice(1));
    else if (!line.startsWith('#') && line !== '') {
      const at = line.indexOf(' ');
      last = line.slice(at + 1);
      add(ids, last, line.slice(0, at));
    }
  }
  return { ids, peeled };
}

/** What the server has in the places that are mirrored. GitFailure; GIT_TOO_MANY_REFS. */
export async function listServerRefs(git: Git, url: string, isWanted: (name: RawPath) => boolean): Promise<ServerRefs> {
  const ids = new Map<RawPath, string>();
  let head: RawPath | null = null;
  let bytes = 0;
  await eachLine(git, ['ls-remote', '--symref', '--', url], (line) => {
    const tab = line.indexOf('\t');
    const [first, name] = [line.slice(0, tab), line.slice(tab + 1)];
    if (name === 'HEAD' && first.startsWith('ref: ')) head = first.slice('ref: '.length);
    else if (objectId.test(first) && isWanted(name) && !name.endsWith(peeledEnding)) {
      bytes += name.length;
      if (bytes > mostNameBytes) throw tooMany();
      add(ids, name, first);
    }
  });
  return { head: head !== null && ids.has(head) ? head : null, ids };
}

function add(ids: Map<RawPath, string>, name: RawPath, id: string): void {
  ids.set(name, id);
  if (ids.size > mostRefs) throw tooMany();
}

function tooMany(): HoldfastError {
  return new HoldfastError('GIT_TOO_MANY_REFS', `The repository has more than ${mostRefs} refs, or endless names.`);
}

async function eachLine(git: Git, words: readonly string[], onLine: (line: string) => void): Promise<void> {
  let rest = '';
  await runGit(git, words, {
    onOutput: (part) => {
      const lines = (rest + part.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) throw new HoldfastError('GIT_FAILED', 'Git named a ref of an impossible length.');
      for (const line of lines) onLine(line);
    },
  });
  if (rest !== '') onLine(rest);
}

export function describeRefs(head: RawPath | null, { ids, peeled }: LocalRefs): RefsManifest {
  const names = [...ids.keys()].filter((name) => !name.startsWith(ownRefs)).toSorted();
  const refs = names.map((name): Ref => {
    const [id = '', target] = [ids.get(name), peeled.get(name)];
    return target === undefined ? [displayRaw(name), id] : [displayRaw(name), id, target];
  });
  return { version: 1, head: head === null ? null : displayRaw(head), refs };
}

/** One ref in a line, so that two manifests differ where the refs do. */
export function encodeManifest({ version, head, refs }: RefsManifest): string {
  const lines = refs.map((ref) => JSON.stringify(ref)).join(',\n');
  return `{"version":${version},"head":${JSON.stringify(head)},"refs":[${lines === '' ? '' : `\n${lines}\n`}]}\n`;
}

/** Null where there is none, or none that could be ours: it is written anew then. */
export async function readManifest(path: string): Promise<string | null> {
  return readSmallFile(path, largestManifestBytes).catch(() => null);
}

/** Nothing is written where it is as it was. */
export async function saveManifest(path: string, manifest: RefsManifest): Promise<boolean> {
  const text = encodeManifest(manifest);
  if ((await readManifest(path)) === text) return false;
  await writeFileAtomically(path, text);
  return true;
}
