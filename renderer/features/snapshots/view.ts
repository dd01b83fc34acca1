/** What the address of the screen asks for. Pure. */
import type { Connection } from '../../../shared/contract/repositories.ts';

export type SourceView = {
  readonly kind: 'source';
  readonly repository: Connection;
  readonly source: string;
  /** The machine whose source it is; null: whichever. */
  readonly host: string | null;
  /** Null: the newest. */
  readonly snapshot: string | null;
  readonly path: string | null;
};

export type View =
  | { readonly kind: 'sources' }
  | { readonly kind: 'find'; readonly text: string }
  | {
      readonly kind: 'compare';
      readonly repository: Connection;
      readonly source: string;
      readonly host: string | null;
      readonly snapshot: string;
      readonly against: string;
    }
  | SourceView;

export function viewOf(search: unknown, repositories: readonly Connection[]): View {
  const text = (name: string): string | null => textIn(search, name);
  const find = text('find');
  if (find !== null) return { kind: 'find', text: find };
  const source = text('source');
  const repository = repositories.find(({ id }) => id === text('repository')) ?? repositories.find(isUsual);
  if (source === null || repository === undefined) return { kind: 'sources' };
  const [host, snapshot, against] = [text('host'), text('snapshot'), text('against')];
  if (snapshot !== null && against !== null) {
    return { kind: 'compare', repository, source, host, snapshot, against };
  }
  return { kind: 'source', repository, source, host, snapshot, path: text('path') };
}

function isUsual({ primary }: Connection): boolean {
  return primary;
}

function textIn(search: unknown, name: string): string | null {
  if (typeof search !== 'object' || search === null || !Object.hasOwn(search, name)) return null;
  const value = (search as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : null;
}

/** The address of a view, for links. */
export function addressOf(view: Omit<SourceView, 'kind' | 'repository'> & { readonly repository: string }) {
  const { repository, source, host, snapshot, path } = view;
  return {
    repository,
    source,
    ...(host === null ? {} : { host }),
    ...(snapshot === null ? {} : { snapshot }),
    ...(path === null ? {} : { path }),
  };
}

/** `/a/b` of `/a/b/c`; null at the root. */
export function parentOf(path: string): string | null {
  if (path === '/') return null;
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

/** Each folder on the way to a path, the root first. */
export function waysTo(path: string): readonly { readonly name: string; readonly path: string }[] {
  const ways = [{ name: '/', path: '/' }];
  let at = '';
  for (const name of path.split('/').filter(Boolean)) {
    at += `/${name}`;
    ways.push({ name, path: at });
  }
  return ways;
}

/** A source that nobody named is called by its paths. */
export function pathsInName(source: string): readonly string[] {
  const paths = source.split(' + ');
  return paths.every((path) => path.startsWith('/')) ? paths : [];
}

/**
 * Where to begin in a snapshot that nobody has looked into: below all folders that hold nothing but the next one:
 * where the paths that the source protects meet.
 */
export function commonFolder(paths: readonly string[]): string {
  const [first, ...others] = paths;
  if (first === undefined) return '/';
  if (others.length === 0) return first;
  const parts = paths.map((path) => path.split('/').filter(Boolean));
  const shared: string[] = [];
  for (const [index, part] of (parts[0] ?? []).entries()) {
    if (!parts.every((other) => other[index] === part)) break;
    shared.push(part);
  }
  return `/${shared.join('/')}`;
}
