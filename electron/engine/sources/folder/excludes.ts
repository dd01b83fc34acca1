/** What a folder's snapshot leaves out: gitignore patterns over raw paths, and directories marked as caches. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';

import { isUtf8 } from 'node:buffer';
import ignore, { type Ignore } from 'ignore';

import { fsPath, joinRaw, type RawPath } from '../../platform/raw-path.ts';

export interface Excludes {
  /**
   * Whether a path below the protected root is left out, by itself or with a directory above it. `relative` has no
   * leading slash. False for the root itself, and for what is not below it (absolute, or with `..`).
   */
  matches(relative: RawPath, isDirectory: boolean): boolean;
}

export type ExcludesOptions = {
  /** The protected root, absolute: a pattern that starts with it means that very path. */
  readonly root?: RawPath;
};

/**
 * Compiles patterns of gitignore(5), case-sensitive, later ones winning, as if they stood in one file at the root. A
 * pattern is one array element, whatever it holds; its `?` is one character, not git's one byte. With `root`,
 * `/home/me/big` (or `!/home/me/big`) below the root `/home/me` is read as `/big`; the root's own path leaves nothing
 * out. What is not UTF-8 in a name is matched by `*`, `?` and negated classes, and by no character.
 */
export function compileExcludes(patterns: readonly string[], options: ExcludesOptions = {}): Excludes {
  const meant = patterns.filter((pattern) => !/^(?: *$|#)/.test(pattern));
  if (meant.length === 0) return NO_EXCLUDES;
  const root = options.root === undefined ? null : matchableText(options.root).replace(/\/+$/, '');
  const anchored = root === null ? meant : meant.map((pattern) => anchorBelow(root, pattern));
  return new GitignoreExcludes(ignore(IGNORE_OPTIONS).add(anchored.map((pattern) => ({ pattern }))));
}

/**
 * Whether a directory declares itself a cache that can be made again: it holds a regular file `CACHEDIR.TAG` starting
 * with the signature of the Cache Directory Tagging Specification. False when that cannot be read.
 */
export function isCacheDirectory(rawDir: RawPath): boolean {
  const tag = fsPath(joinRaw(rawDir, 'CACHEDIR.TAG'));
  try {
    // Looked at before it is opened, because opening a device can act on it.
    if (lstatSync(tag, { throwIfNoEntry: false })?.isFile() !== true) return false;
    const fd = openSync(tag, OPEN_PLAIN_FILE);
    try {
      return fstatSync(fd).isFile() && startsWithSignature(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

const NO_EXCLUDES: Excludes = { matches: () => false };

const IGNORE_OPTIONS = { ignoreCase: false } as const;

/** How many answers `ignore` may remember. It never forgets one, and a tree can have a hundred million paths. */
const REMEMBERED_LIMIT = 10_000;

class GitignoreExcludes implements Excludes {
  readonly #rules: Ignore;
  #matcher: Ignore;
  #remembered = 0;

  constructor(rules: Ignore) {
    this.#rules = rules;
    this.#matcher = withoutMemory(rules);
  }

  matches(relative: RawPath, isDirectory: boolean): boolean {
    const path = normalise(relative);
    if (path === null) return false;
    this.#boundMemory();
    const text = matchableText(path);
    return this.#matcher.ignores(isDirectory ? `${text}/` : text);
  }

  #boundMemory(): void {
    this.#remembered += 1;
    if (this.#remembered <= REMEMBERED_LIMIT) return;
    this.#matcher = withoutMemory(this.#rules);
    this.#remembered = 0;
  }
}

/** A matcher that shares the compiled rules and remembers no answers yet. */
function withoutMemory(rules: Ignore): Ignore {
  return ignore(IGNORE_OPTIONS).add(rules);
}

/** The path with single slashes and no `.` in it; null when it is the root, or not below it. */
function normalise(relative: RawPath): RawPath | null {
  if (!UNTIDY.test(relative)) return relative;
  if (relative.startsWith('/')) return null;
  const names = relative.split('/').filter((name) => name !== '' && name !== '.');
  return names.length === 0 || names.includes('..') ? null : names.join('/');
}

/** Empty, a slash too many, or a name that is `.` or `..`. */
const UNTIDY = /^$|^\/|\/$|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * A raw path as the text patterns are matched against. What is not UTF-8 becomes a lone surrogate, which no pattern
 * can hold (one of the last private-use plane, so that no character class with an emoji holds it by halves).
 */
function matchableText(raw: RawPath): string {
  // oxlint-disable-next-line no-control-regex -- the whole ASCII range is what is asked for
  if (/^[\x00-\x7f]*$/.test(raw)) return raw;
  const bytes = Buffer.from(raw, 'latin1');
  const text = bytes.toString('utf8');
  return isUtf8(bytes) ? text : text.replaceAll('\ufffd', '\udbff');
}

/** The pattern relative to `root` when it begins with that path, plain or with gitignore's backslashes; else itself. */
function anchorBelow(root: string, pattern: string): string {
  const negation = pattern.startsWith('!') ? '!' : '';
  let at = negation.length;
  for (const unit of root) {
    if (pattern[at] === '\\' && pattern.startsWith(unit, at + 1)) at += 1;
    if (!pattern.startsWith(unit, at)) return pattern;
    at += unit.length;
  }
  const below = /^\/+(?=[^/])/.exec(pattern.slice(at));
  return below === null ? pattern : `${negation}/${pattern.slice(at + below[0].length)}`;
}

const SIGNATURE = Buffer.from('Signature: 8a477f597d28d172789f06886806bc55', 'latin1');

/** Against a link or a fifo put there after the look: follow nothing, wait for nothing. Windows has neither flag. */
const OPEN_PLAIN_FILE = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

function startsWithSignature(fd: number): boolean {
  const start = Buffer.alloc(SIGNATURE.length);
  return readSync(fd, start, 0, start.length, 0) === start.length && start.equals(SIGNATURE);
}
