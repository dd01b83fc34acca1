/** Finding paths by parts of their names, over all snapshots of a repository or in one. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import { typeOf, type Content, type NodeType } from './content.ts';
import type { Scope } from './operations.ts';
import { PathBuilder } from './path-rows.ts';
import { parsePattern, type NamePattern, type SearchPattern } from './search-pattern.ts';
import { repositoryRow } from './snapshots.ts';
import { SnapshotTimes, type SnapshotTime } from './snapshot-times.ts';

export type SearchInput = {
  readonly repository: string;
  /** See search-pattern.ts. */
  readonly pattern: string;
  readonly source?: string;
  /** The id of one snapshot. */
  readonly snapshot?: string;
  readonly limit: number;
  /** The cursor of the page before. */
  readonly after?: number;
};

export type FoundPath = {
  readonly path: RawPath;
  readonly source: string;
  readonly hostname: string;
  /** Of the newest version, or the one in the snapshot that was asked for. */
  readonly type: NodeType;
  readonly size: number;
  /** Microseconds since 1970. */
  readonly mtime: number;
  /** The oldest and the newest snapshot that have anything at the path. */
  readonly first: SnapshotTime;
  readonly last: SnapshotTime;
  readonly versions: number;
  /** Whether the newest snapshot of its source has it. */
  readonly current: boolean;
};

export type SearchPage = {
  readonly found: FoundPath[];
  /** Where to go on; null when all has been seen. A page may be short, or empty, and not the last. */
  readonly cursor: number | null;
};

/** Rows looked at in one call, so that others are answered in between. */
const candidatesPerCall = 100_000;
/** Rows, by their ids, that one call gets past: those of other repositories are not read, but passed over where they lie. */
const passedPerCall = 1_000_000;
const maximumTrigrams = 40;
/** More threes than this that begin with a short text say little: the names themselves are then looked through. */
const maximumParts = 300;
/** More folders than this are not gone through one by one. */
const maximumFolders = 2000;

export const search = {
  writes: {},
  reads: {
    find(scope: Scope, input: SearchInput): SearchPage {
      const pattern = parsePattern(input.pattern);
      const place = placeOf(scope, input);
      const sources = sourcesOf(scope, input, place);
      if (pattern === null || sources.size === 0) return { found: [], cursor: null };
      const page = new Page(scope, input.limit, pattern, sources, place);
      const after = input.after ?? 0;
      const until = after + passedPerCall;
      const rows = isOfLength(pattern)
        ? ofLength(scope, pattern.characters, after, until)
        : candidates(scope, pattern, JSON.stringify([...sources.keys()]), after, until);
      return page.collect(rows, lastPath(scope) > until ? until : null);
    },
  },
};

type Source = { readonly id: number; readonly name: string; readonly hostname: string };
type PathRow = { readonly id: number; readonly source: number; readonly parent: number; readonly name: Buffer };
type VersionRow = Content & { readonly first: number; readonly last: number };
type Place = { readonly source: number; readonly position: number };
class Page {
  readonly #scope: Scope;
  readonly #limit: number;
  readonly #pattern: SearchPattern;
  readonly #sources: ReadonlyMap<number, Source>;
  readonly #place: Place | null;
  readonly #paths: PathBuilder;
  readonly #times: SnapshotTimes;

  constructor(
    scope: Scope,
    limit: number,
    pattern: SearchPattern,
    sources: ReadonlyMap<number, Source>,
    place: Place | null,
  ) {
    this.#scope = scope;
    this.#limit = limit;
    this.#pattern = pattern;
    this.#sources = sources;
    this.#place = place;
    this.#paths = new PathBuilder(scope);
    this.#times = new SnapshotTimes(scope);
  }

  /** The rows are in the order of their ids. `more` is where to go on when all of them have been seen. */
  collect(rows: Iterable<PathRow>, more: number | null): SearchPage {
    const found: FoundPath[] = [];
    let seen = 0;
    for (const row of rows) {
      seen += 1;
      const entry = this.#judge(row);
      if (entry !== null) found.push(entry);
      if (found.length >= this.#limit || seen >= candidatesPerCall) return { found, cursor: row.id };
    }
    return { found, cursor: more };
  }

  #judge(row: PathRow): FoundPath | null {
    const source = this.#sources.get(row.source);
    const name = row.name.toString('latin1');
    if (source === undefined || name === '' || !this.#pattern.matchesName(name)) return null;
    const path = this.#paths.path(row.parent, name);
    if (this.#pattern.needsFolders && !this.#pattern.matchesPath(path)) return null;
    return this.#describe(row.id, path, source);
  }

  /** Null where no indexed snapshot, or not the one that was asked for, has anything at the path. */
  #describe(id: number, path: RawPath, source: Source): FoundPath | null {
    const { sql } = this.#scope;
    const query = 'SELECT first, last, type, size, mtime, digest FROM versions WHERE path = ? ORDER BY first DESC';
    let shown: VersionRow | null = null;
    let newest: ReturnType<SnapshotTimes['span']> = null;
    let oldest: ReturnType<SnapshotTimes['span']> = null;
    let versions = 0;
    for (const version of sql<VersionRow>(query).all(id)) {
      const span = this.#times.span(source.id, version.first, version.last);
      if (span === null) continue;
      versions += 1;
      newest ??= span;
      oldest = span;
      const position = this.#place?.position ?? null;
      if (position === null ? shown === null : version.first <= position && position <= version.last) shown = version;
    }
    if (shown === null || newest === null || oldest === null) return null;
    const { type, size, mtime } = shown;
    const { name, hostname } = source;
    const seen = { first: oldest.first, last: newest.last, versions, current: newest.current };
    return { path, source: name, hostname, type: typeOf(type), size, mtime, ...seen };
  }
}

function placeOf(scope: Scope, { repository, snapshot }: SearchInput): Place | null {
  if (snapshot === undefined) return null;
  const query = "SELECT source, position FROM snapshots WHERE repository = ? AND snapshot = ? AND state = 'indexed'";
  const place = scope.sql<Place>(query).get(repositoryRow(scope, repository), snapshot);
  if (place !== undefined) return place;
  throw new HoldfastError('SNAPSHOT_NOT_FOUND', `The catalog does not hold the snapshot ${snapshot.slice(0, 8)}.`);
}

function sourcesOf(scope: Scope, input: SearchInput, place: Place | null): ReadonlyMap<number, Source> {
  // Below its root is all that a source holds; one without is not looked for among the paths of others.
  const query = `SELECT id, name, hostname FROM sources WHERE repository = ? AND (? IS NULL OR name = ?)
    AND (? IS NULL OR id = ?) AND EXISTS (SELECT 1 FROM paths WHERE parent = -sources.id)`;
  const name = input.source ?? null;
  const id = place?.source ?? null;
  const rows = scope.sql<Source>(query).all(repositoryRow(scope, input.repository), name, name, id, id);
  return new Map(rows.map((source) => [source.id, source]));
}

/**
 * Paths of the sources (ids, as a JSON array) that may match, in the order of their ids: by what their names hold, else by
 * their folders, else all.
 */
function candidates(
  scope: Scope,
  { literals, folder }: SearchPattern,
  sources: string,
  after: number,
  until: number,
): Iterable<PathRow> {
  const match = matchOf(scope, literals);
  if (match === nothing) return [];
  if (match !== null) return namedLike(scope, match, sources, after, until);
  const folders = folder === null ? null : foldersLike(scope, folder);
  if (folders === null) return allBetween(scope, sources, after, until);
  return folders.length === 0 ? [] : insideOf(scope, folders, after, until);
}

const columns = 'paths.id, source, parent, paths.name';
const ofSources = 'source IN (SELECT value FROM json_each(?))';

function namedLike({ sql }: Scope, match: string, sources: string, after: number, until: number): Iterable<PathRow> {
  const query = `SELECT ${columns} FROM path_names JOIN paths ON paths.id = path_names.rowid
    WHERE path_names MATCH ? AND path_names.rowid > ? AND path_names.rowid <= ? AND ${ofSources} ORDER BY path_names.rowid`;
  return sql<PathRow>(query).iterate(match, after, until, sources);
}

function allBetween({ sql }: Scope, sources: string, after: number, until: number): Iterable<PathRow> {
  const query = `SELECT ${columns} FROM paths WHERE id > ? AND id <= ? AND ${ofSources} ORDER BY id`;
  return sql<PathRow>(query).iterate(after, until, sources);
}

/** Question marks alone: nothing is known of such a name but its length. */
function isOfLength(pattern: SearchPattern): pattern is SearchPattern & { readonly characters: number } {
  return pattern.characters !== null && pattern.literals.length === 0 && !pattern.needsFolders;
}

/** Bytes of names that an index has by their number (migrations/070-short-names.ts). */
const shortName = 4;
/** One character of a folded name comes of no more bytes: four, put together of characters of four bytes each. */
const mostBytesPerCharacter = 16;

/** In ASCII a character is a byte. In other names (whose characters are not as many as their bytes) that is only a bound. */
function ofLength({ sql }: Scope, characters: number, after: number, until: number): Iterable<PathRow> {
  const isShort = characters <= shortName ? `AND length(name) <= ${shortName}` : '';
  const query = `SELECT ${columns} FROM paths WHERE id > ? AND id <= ? AND length(name) = ? ${isShort}
    UNION SELECT ${columns} FROM paths WHERE id > ? AND id <= ? AND length(name) <= ?
      AND length(CAST(name AS TEXT)) <> length(name) ORDER BY id`;
  const mostBytes = characters * mostBytesPerCharacter;
  return sql<PathRow>(query).iterate(after, until, characters, after, until, mostBytes);
}

function lastPath({ sql }: Scope): number {
  return sql<{ id: number | null }>('SELECT max(id) AS id FROM paths').get()?.id ?? 0;
}

function insideOf({ sql }: Scope, folders: readonly number[], after: number, until: number): Iterable<PathRow> {
  const query = `SELECT ${columns} FROM paths WHERE parent IN (SELECT value FROM json_each(?)) AND id > ? AND id <= ? ORDER BY id LIMIT ?`;
  return sql<PathRow>(query).iterate(JSON.stringify(folders), after, until, candidatesPerCall);
}

/** Null where there are too many, or they cannot be found by their names. */
function foldersLike(scope: Scope, { literals, matchesName }: NamePattern): readonly number[] | null {
  const match = matchOf(scope, literals);
  if (match === nothing) return [];
  if (match === null) return null;
  const query =
    'SELECT paths.id, paths.name FROM path_names JOIN paths ON paths.id = path_names.rowid WHERE path_names MATCH ?';
  const found: number[] = [];
  let seen = 0;
  for (const { id, name } of scope.sql<Pick<PathRow, 'id' | 'name'>>(query).iterate(match)) {
    seen += 1;
    if (found.length >= maximumFolders || seen >= candidatesPerCall) return null;
    if (matchesName(name.toString('latin1'))) found.push(id);
  }
  return found;
}

const nothing = Symbol('no name holds it');

/** A query of the index for names that hold all the texts, in whatever order; null where the texts say too little. */
function matchOf(scope: Scope, literals: readonly string[]): string | typeof nothing | null {
  const trigrams = trigramsOf(literals);
  if (trigrams.length > 0) return trigrams.map(quote).join(' AND ');
  const longest = literals.reduce((found, next) => (next.length > found.length ? next : found), '');
  if (longest === '') return null;
  const query = 'SELECT term FROM name_parts WHERE term >= ? AND term <= ? LIMIT ?';
  const parts = scope.sql<{ term: string }>(query).all(longest, `${longest}\u{10ffff}`, maximumParts + 1);
  if (parts.length === 0) return nothing;
  return parts.length > maximumParts ? null : parts.map(({ term }) => quote(term)).join(' OR ');
}

/** As a string of the index's own language: nothing in it is an operator. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** Every three characters in a row; where there are very many, some of them. */
function trigramsOf(literals: readonly string[]): string[] {
  const trigrams = new Set<string>();
  for (const literal of literals) {
    const characters = Array.from(literal);
    for (let at = 0; at + 3 <= characters.length; at++) trigrams.add(characters.slice(at, at + 3).join(''));
  }
  const every = Math.max(1, trigrams.size / maximumTrigrams);
  return [...trigrams].filter((_trigram, at) => Math.floor(at / every) !== Math.floor((at - 1) / every));
}
