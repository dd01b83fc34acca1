/** What giving refs back to a Git repository would do there, ref by ref: decided before anything is written. */
import type { Ref } from './git-refs.ts';

export const refActions = ['create', 'fast-forward', 'overwrite', 'delete', 'leave', 'unchanged'] as const;

/**
 * `overwrite`: the target's own history of that ref would be lost. `leave`: it is on the target only, and stays;
 * `delete`: it goes, because that was asked for.
 */
export type RefAction = (typeof refActions)[number];

export type PlannedRef = {
  readonly name: string;
  readonly action: RefAction;
  /** What the target has now, and is to have; null: nothing. */
  readonly from: string | null;
  readonly to: string | null;
};

export type RestorePlanRequest = {
  /** Refs by the names they are to have on the target. */
  readonly wanted: readonly Ref[];
  /** All refs the target shows. */
  readonly seen: readonly Ref[];
  /** Names of those whose present commit is part of the history they are to have. */
  readonly forwards: ReadonlySet<string>;
  /** Whether refs that only the target has are to go. */
  readonly deletes: boolean;
};

/** Namespaces that are given back. Others are of the server (`refs/pull/*`), or ours (`refs/holdfast/*`). */
const restored = ['refs/heads/', 'refs/tags/', 'refs/notes/'];
const lostPattern = /^refs\/holdfast\/lost\/[^/]+\/(refs\/.+)$/;
/** As `git check-ref-format` has it, and no wider. */
// oxlint-disable-next-line no-control-regex -- they are what is forbidden
const forbidden = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/;

/** One that a mirror has made itself, to keep what its server has lost. */
export function isOwnRef(name: string): boolean {
  return name.startsWith('refs/holdfast/');
}

export function isRestoredRef(name: string): boolean {
  return restored.some((prefix) => name.startsWith(prefix) && name.length > prefix.length) && isRefName(name);
}

/**
 * Whether Git would take it: a name from outside is data, and goes to Git only if it is one. Bytes that are no UTF-8 stand
 * in it as `\xNN`, and count as what they are.
 */
export function isRefName(name: string): boolean {
  const bytes = name.replace(/\\x([0-9a-f]{2})/g, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return bytes.startsWith('refs/') && bytes.length <= 1024 && !forbidden.test(bytes);
}

/** The name that lost history had before it was kept: of `refs/holdfast/lost/3/refs/heads/main`, `refs/heads/main`. */
export function originalName(name: string): string {
  return lostPattern.exec(name)?.[1] ?? name;
}

/** Sorted by name. Refs that are not given back are not looked at, on either side. */
export function planRefs({ wanted, seen, forwards, deletes }: RestorePlanRequest): readonly PlannedRef[] {
  const has = new Map(seen.filter(([name]) => isRestoredRef(name)).map(([name, id]) => [name, id]));
  const gets = new Map(wanted.filter(([name]) => isRestoredRef(name)).map(([name, id]) => [name, id]));
  return [...new Set([...has.keys(), ...gets.keys()])].toSorted().map((name) => {
    const [from = null, to = null] = [has.get(name), gets.get(name)];
    return { name, from, to, action: actionOf(from, to, forwards.has(name), deletes) };
  });
}

function actionOf(from: string | null, to: string | null, forward: boolean, deletes: boolean): RefAction {
  if (to === null) return deletes ? 'delete' : 'leave';
  if (from === null) return 'create';
  if (from === to) return 'unchanged';
  return forward ? 'fast-forward' : 'overwrite';
}
