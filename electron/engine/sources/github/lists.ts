/** How lists of a repository are read: only what changed since the last time, and nothing passed over that changes meanwhile. */
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { type Answer, type GitHubClient } from './client.ts';
import { read, tooLarge } from './listing.ts';
import { type Cursor } from './state.ts';

export type Item = Readonly<Record<string, unknown>> & { readonly updated_at?: string | null | undefined };
export type Batch = readonly Item[];

const listSchema = z.array(z.looseObject({ updated_at: z.string().max(40).nullish() }));

/** GitHub's lists lag behind its clock. */
const overlapMs = 2 * 60_000;
const requestsAtMost = 20_000;
/** Owners with thousands of releases come near to it. */
const mostHeldBytes = 384 * 1024 * 1024;

/**
 * All that was changed since the cursor, oldest change first. Each part begins where the last one ended, by time and not by
 * page: what changes meanwhile moves to the end, and would shift the pages. Gives the cursor for the next time.
 */
export async function* changedSince(
  client: GitHubClient,
  path: string,
  cursor: Cursor | undefined,
): AsyncGenerator<Batch, Cursor> {
  let since = cursor?.since ?? null;
  let newest = since;
  let first: { etag: string | null } | null = null;
  let address = addressSince(path, since);
  for (let asked = 0; ; asked += 1) {
    if (asked > requestsAtMost) throw new HoldfastError('GITHUB_ANSWER_INVALID', `The list ${path} does not end.`);
    const page = await client.get(address, first === null ? (cursor?.etag ?? null) : null);
    if (page === null) return cursor ?? { etag: null, since: null };
    first ??= { etag: page.headers['etag'] ?? null };
    const items = read(listSchema, page.data, 'a list');
    yield items;
    const last = items.at(-1)?.updated_at ?? null;
    newest = [newest, ...items.map((item) => item.updated_at ?? null)].reduce(later, null);
    const next = client.nextOf(page);
    if (next === null) break;
    if (last !== null && secondOf(last) > secondOf(since)) {
      since = last;
      address = addressSince(path, since);
    } else {
      address = next;
    }
  }
  const from = newest === null ? null : earlier(newest, cursor?.since ?? null);
  return { since: from, etag: from === (cursor?.since ?? null) ? first.etag : null };
}

/** All that was changed since the cursor, newest change first, of a list that cannot be asked for what is since. */
export async function* newestFirst(
  client: GitHubClient,
  path: string,
  cursor: Cursor | undefined,
): AsyncGenerator<Batch, Cursor> {
  const since = cursor?.since ?? null;
  let newest = since;
  let etag: string | null = null;
  let isFirst = true;
  for await (const page of client.pages(path, cursor?.etag ?? null)) {
    if (page === null) return cursor ?? { etag: null, since: null };
    if (isFirst) etag = page.headers['etag'] ?? null;
    isFirst = false;
    const items = read(listSchema, page.data, 'a list');
    yield items;
    newest = [newest, ...items.map((item) => item.updated_at ?? null)].reduce(later, null);
    const last = items.at(-1)?.updated_at ?? null;
    if (since !== null && last !== null && last < since) break;
  }
  return { since: newest === null ? null : earlier(newest, since), etag };
}

/** The pages of a list that is held as a whole. GITHUB_ANSWER_INVALID where that is larger than any is. */
export async function* heldPages(
  client: GitHubClient,
  path: string,
  etag: string | null = null,
): AsyncGenerator<Answer | null> {
  let bytes = 0;
  for await (const page of client.pages(path, etag)) {
    bytes += Number(page?.headers['content-length'] ?? 0);
    if (bytes > mostHeldBytes) throw tooLarge(`The list ${path}`);
    yield page;
  }
}

function addressSince(path: string, since: string | null): string {
  const mark = path.includes('?') ? '&' : '?';
  const from = since === null ? '' : `&since=${encodeURIComponent(since)}`;
  return `${path}${mark}sort=updated&direction=asc&per_page=100${from}`;
}

/** A while before, but never before what it was. */
function earlier(newest: string, before: string | null): string {
  const ms = Date.parse(newest);
  if (Number.isNaN(ms)) return before ?? newest;
  return later(new Date(ms - overlapMs).toISOString().replace(/\.\d+Z$/, 'Z'), before) ?? newest;
}

function secondOf(at: string | null): number {
  return at === null ? Number.NEGATIVE_INFINITY : Math.floor(Date.parse(at) / 1000);
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
