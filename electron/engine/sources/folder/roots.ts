/** The folders above what is protected: a snapshot holds each root under its own absolute path. */
import type { RawPath } from '../../platform/raw-path.ts';

export type PlannedFolder = {
  readonly isRoot: boolean;
  /** Sorted by name; empty for a root. */
  readonly children: ReadonlyMap<RawPath, PlannedFolder>;
};

/** The paths that are not below another of them; they come without trailing slashes. */
export function outermostPaths(paths: readonly RawPath[]): readonly RawPath[] {
  const unique = [...new Set(paths)].toSorted();
  return unique.filter((path) => !unique.some((other) => other !== path && contains(other, path)));
}

/** Whether `inner` is `outer` or lies below it. */
export function contains(outer: RawPath, inner: RawPath): boolean {
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}

/** The path of `inner` relative to `outer`, which contains it. */
export function below(outer: RawPath, inner: RawPath): RawPath {
  return outer === '/' ? inner.slice(1) : inner.slice(outer.length + 1);
}

/** The path that a snapshot which starts at `base` has for what lies below it. */
export function pathFrom(base: RawPath, path: RawPath): RawPath {
  return base === '/' ? path : `/${below(base, path)}`;
}

/** The tree of folders that leads to the roots. */
export function planRoots(roots: readonly RawPath[]): PlannedFolder {
  return plan(roots.map((root) => root.split('/').filter((name) => name !== '')));
}

/** The roots one after the other as they come in that tree: folder by folder, which is not the order of the paths as text. */
export function inWalkOrder(roots: readonly RawPath[]): readonly RawPath[] {
  return roots.toSorted((one, other) => (walkKey(one) < walkKey(other) ? -1 : 1));
}

/** What comes first in a walk has the lesser key. */
export function walkKey(path: RawPath): string {
  return path.replaceAll('/', '\0');
}

function plan(paths: readonly (readonly RawPath[])[]): PlannedFolder {
  if (paths.some((path) => path.length === 0)) return { isRoot: true, children: new Map() };
  const names = [...new Set(paths.map(([first = '']) => first))].toSorted();
  const planBelow = (name: RawPath): PlannedFolder =>
    plan(paths.filter(([first]) => first === name).map((path) => path.slice(1)));
  return { isRoot: false, children: new Map(names.map((name) => [name, planBelow(name)])) };
}
