/**
 * Looks for folders of this machine that are worth protecting and lie in no source, in a thread of its own: top levels
 * alone, counted for a moment, and never in what another machine serves.
 */
import { lstatSync, readdirSync, readFileSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { parentPort, type MessagePort } from 'node:worker_threads';
import {
  coverageOf,
  hasOwnCommits,
  isOwnDisk,
  isShare,
  isWorthNaming,
  packedRefs,
  type PlaceKind,
  type PlaceRule,
} from '../../../../shared/model/unprotected-places.ts';
import { listMounts } from '../../platform/mounts.ts';
import { threadData } from '../../platform/threads.ts';
import type { LookForPlaces, PlacesMessage } from './unprotected-protocol.ts';

const mostPlaces = 500;
const mostOfOneRule = 100;
const countEntries = 3_000;
const countMs = 100;
/** All counting together; what comes after it is named and not counted. */
const countAllMs = 2_500;
const gitFolders = 4_000;
const gitDepth = 4;
const gitMs = 1_000;
const largestRefs = 4 * 1024 * 1024;

const { platform, rules, protectedPaths, leftOut } = threadData() as LookForPlaces;
const port = parentPort as unknown as MessagePort;
const say = (message: PlacesMessage): void => port.postMessage(message);

const mounts = listMounts().map(({ path, kind }) => ({ path: Buffer.from(path, 'latin1').toString('utf8'), kind }));
const shares = new Set(mounts.filter(({ kind }) => isShare(kind) || kind === 'autofs').map(({ path }) => path));
const foreign = new Set(mounts.map(({ path }) => path));
const named = new Set<string>();
const homes: string[] = [];
let countedMs = 0;
let found = 0;

for (const rule of rules) follow(rule);
for (const { path, kind } of mounts) {
  if (isShare(kind)) nameShare(path);
  else if (isOwnDisk(path, kind)) name({ kind: 'disk', title: 'A mounted disk', hint: null }, path);
}
lookForCommits();
say({ type: 'end' });

function follow({ path, each, ...rule }: PlaceRule): void {
  for (const folder of matches(path)) {
    if (!each) {
      if (isFolder(folder)) name(rule, folder);
      continue;
    }
    if (rule.kind === 'home') homes.push(folder);
    let listed = 0;
    for (const entry of entriesOf(folder)) {
      if (!entry.isDirectory() || !isWorthNaming(rule.kind, entry.name, platform)) continue;
      if ((listed += 1) > mostOfOneRule) {
        say({ type: 'not looked', why: `${folder} has more than ${mostOfOneRule} folders: the others are not named.` });
        break;
      }
      name(rule, join(folder, entry.name));
    }
  }
}

/** A name of the pattern may hold a `*`. */
function matches(pattern: string): readonly string[] {
  const separator = pattern.includes('\\') ? '\\' : '/';
  const [first = '', ...rest] = pattern.split(separator);
  let places = [first === '' ? '/' : `${first}${separator}`];
  for (const part of rest) {
    if (part === '') continue;
    if (!part.includes('*')) places = places.map((place) => join(place, part));
    else {
      const begins = part.replace('*', '');
      places = places.flatMap((place) =>
        entriesOf(place)
          .filter((entry) => entry.isDirectory() && entry.name.startsWith(begins) && !entry.name.startsWith('.'))
          .slice(0, mostOfOneRule)
          .map((entry) => join(place, entry.name)),
      );
    }
  }
  return places;
}

function name(
  rule: { readonly kind: PlaceKind; readonly title: string; readonly hint: string | null },
  path: string,
): void {
  if (named.has(path) || found >= mostPlaces || isLeftOut(path) || isOnShare(path)) return;
  named.add(path);
  const { isCovered, inside } = coverageOf(path, protectedPaths);
  if (isCovered) return;
  const counted = count(path);
  // Nothing to lose.
  if (counted !== null && counted.files === 0 && !counted.more) return;
  found += 1;
  const { files = null, bytes = null, more = true } = counted ?? {};
  const { kind, title, hint } = rule;
  say({ type: 'place', place: { kind, title, hint, path, files, bytes, more, inside } });
}

/** Its name is known without asking its server. */
function nameShare(path: string): void {
  const { isCovered, inside } = coverageOf(path, protectedPaths);
  if (isCovered || isLeftOut(path) || named.has(path)) return;
  named.add(path);
  found += 1;
  const place = {
    kind: 'share' as const,
    path,
    title: 'A share of another machine',
    files: null,
    bytes: null,
    more: true,
  };
  const hint = 'It was not looked into, since its server may not answer. What serves it may protect it already.';
  say({ type: 'place', place: { ...place, hint, inside } });
}

function isLeftOut(path: string): boolean {
  return coverageOf(path, leftOut).isCovered;
}

function isOnShare(path: string): boolean {
  return coverageOf(path, [...shares]).isCovered;
}

/** Null where there is no time left for it. */
function count(top: string): { files: number; bytes: number; more: boolean } | null {
  if (countedMs >= countAllMs) return null;
  const began = performance.now();
  const waiting = [top];
  let seen = 0;
  let files = 0;
  let bytes = 0;
  let more = false;
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    for (const entry of entriesOf(folder)) {
      if ((seen += 1) > countEntries || performance.now() - began > countMs) {
        more = true;
        break;
      }
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        // What is mounted in it is another place.
        if (!foreign.has(path) && !isLeftOut(path)) waiting.push(path);
      } else if (entry.isFile()) {
        files += 1;
        bytes += sizeOf(path);
      }
    }
    if (more) break;
  }
  countedMs += performance.now() - began;
  return { files, bytes, more };
}

function entriesOf(folder: string): readonly Dirent[] {
  if (isOnShare(folder)) return [];
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function isFolder(path: string): boolean {
  if (isOnShare(path)) return false;
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Working copies in homes: by their files, since Git runs nothing that somebody else has put there. */
function lookForCommits(): void {
  const began = performance.now();
  const waiting = homes.map((path) => ({ path, depth: 0 }));
  let seen = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { path, depth } = next;
    if ((seen += 1) > gitFolders || performance.now() - began > gitMs) {
      say({
        type: 'not looked',
        why: 'There are more folders in home folders than were looked into for Git repositories.',
      });
      return;
    }
    const entries = entriesOf(path).filter((entry) => entry.isDirectory());
    if (entries.some((entry) => entry.name === '.git')) {
      nameRepository(path);
      continue;
    }
    if (depth >= gitDepth) continue;
    for (const entry of entries) {
      const inner = join(path, entry.name);
      if (isWorthNaming('home', entry.name, platform) && !foreign.has(inner))
        waiting.push({ path: inner, depth: depth + 1 });
    }
  }
}

function nameRepository(path: string): void {
  if (isLeftOut(path) || coverageOf(path, protectedPaths).isCovered) return;
  const refs = refsOf(join(path, '.git'));
  if (!hasOwnCommits(refs)) return;
  const isAlone = ![...refs.keys()].some((ref) => ref.startsWith('refs/remotes/'));
  const hint = isAlone
    ? 'No remote is known to have any of it.'
    : 'A branch of it is not at what its remotes were last seen to have.';
  const place = { kind: 'git' as const, path, title: 'A Git repository', hint, files: null, bytes: null, more: true };
  say({ type: 'place', place: { ...place, inside: [] } });
}

function refsOf(git: string): ReadonlyMap<string, string> {
  const packed = join(git, 'packed-refs');
  const refs = sizeOf(packed) <= largestRefs ? packedRefs(textOf(packed)) : new Map<string, string>();
  const waiting = ['refs/heads', 'refs/remotes'];
  for (let folder = waiting.pop(); folder !== undefined && refs.size < 10_000; folder = waiting.pop()) {
    for (const entry of entriesOf(join(git, folder))) {
      const own = `${folder}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(own);
      else if (entry.isFile() && sizeOf(join(git, own)) <= 100) {
        const [id] = /^[0-9a-f]{40,64}/.exec(textOf(join(git, own))) ?? [];
        if (id !== undefined) refs.set(own, id);
      }
    }
  }
  return refs;
}

function textOf(path: string): string {
  try {
    return lstatSync(path).isFile() ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}
