/**
 * What an owner has, compared with what was known of it: new repositories, renamed ones, those that are not listed any
 * more. Nothing is ever taken for deleted; a list that has lost much is taken for a lost right and refused.
 */
import { leftOutBy, type GitHubFilters } from '../../../../shared/model/github-filters.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { type GitHubClient } from './client.ts';
import { findById, listRepositories, type Found, type ListedRepository, type Owner } from './listing.ts';
import { newRecord } from './organisation.ts';
import { type RepositoryRecord, type SourceState } from './state.ts';

export type DiscoveryOptions = {
  readonly client: GitHubClient;
  readonly owner: Owner;
  readonly isApp: boolean;
  /** Settings are taken from the list. */
  readonly keepsSettings: boolean;
  readonly filters: GitHubFilters;
  /** What was known before; it is brought up to date, or left as it is when this throws. */
  readonly state: SourceState;
  /** The operator knows that the owner has much less than before. */
  readonly allowShrunk: boolean;
  /** The operator knows of this one that it is gone. */
  readonly isAccepted?: (record: RepositoryRecord) => boolean;
  readonly nowMs: number;
};

export type Discovery = {
  /** To be brought up to date, in the order of their names. */
  readonly selected: readonly ListedRepository[];
  /** Selected, once there, and not listed any more. */
  readonly lost: readonly RepositoryRecord[];
  /** Names in the list that are none. */
  readonly unusable: readonly string[];
  /** When GitHub sent the list, by its own clock. */
  readonly sentMs: number;
};

/** SOURCE_EMPTIED where the list is empty or has lost more than a third, unless that is allowed. */
export async function discover(options: DiscoveryOptions): Promise<Discovery> {
  const { client, owner, filters, state, nowMs } = options;
  const listing = await listRepositories(client, owner, options);
  const listed = new Map(listing.repositories.map((repository) => [repository.id, repository]));
  const gone = [...state.repositories.values()].filter(({ id, isListed }) => isListed && !listed.has(id));
  const { isAccepted = () => false } = options;
  const unknown = gone.filter((record) => !isAccepted(record));
  if (!options.allowShrunk) refuseShrunk(state, listed, unknown);
  const found = new Map<number, Found>();
  for (const { id } of gone) found.set(id, await findById(client, owner, id, options));
  for (const [id, where] of found) if (where.found === 'here') listed.set(id, where.repository);

  const now = new Date(nowMs).toISOString();
  for (const record of state.repositories.values()) {
    if (listed.has(record.id)) continue;
    const where = found.get(record.id);
    state.repositories.set(record.id, {
      ...record,
      isListed: false,
      selected: leftOutBy(filters, { name: record.name, ...record.facts }, nowMs) === null,
      lost: where === undefined ? record.lost : lostAs(where, now),
    });
  }
  for (const repository of listed.values()) {
    const selected = leftOutBy(filters, repository, nowMs) === null;
    state.repositories.set(repository.id, recordOf(state.repositories.get(repository.id), repository, selected));
  }
  return {
    selected: [...listed.values()].filter(({ id }) => state.repositories.get(id)?.selected === true).sort(byName),
    lost: [...state.repositories.values()].filter(({ isListed, selected }) => !isListed && selected).sort(byName),
    unusable: listing.unusable,
    sentMs: listing.sentMs,
  };
}

function refuseShrunk(
  state: SourceState,
  listed: ReadonlyMap<number, ListedRepository>,
  gone: readonly RepositoryRecord[],
): void {
  const before = [...state.repositories.values()].filter(({ isListed }) => isListed).length;
  const words = shrunkWords(before, listed.size, gone.length);
  if (words !== null) throw new HoldfastError('SOURCE_EMPTIED', `GitHub ${words} of ${state.owner.login}.`);
}

/** How a list of `listed` repositories has lost too much of the `before` that were listed; null where it has not. */
export function shrunkWords(before: number, listed: number, gone: number): string | null {
  if (listed > 0 && (before === 0 || gone * 3 <= before)) return null;
  return listed === 0 ? 'lists no repository' : `lists ${gone} of ${before} repositories no more`;
}

function recordOf(
  known: RepositoryRecord | undefined,
  repository: ListedRepository,
  selected: boolean,
): RepositoryRecord {
  const { id, name, topics, isPrivate, isFork, isArchived, pushedAt, sizeBytes } = repository;
  const facts = { topics: [...topics], isPrivate, isFork, isArchived, pushedAt, sizeBytes };
  const record = known ?? newRecord({ id, name });
  const formerNames = [...new Set([...record.formerNames, record.name])].filter((former) => former !== name);
  return { ...record, name, formerNames, facts, isListed: true, selected, lost: null };
}

function lostAs(where: Found, since: string): RepositoryRecord['lost'] {
  if (where.found === 'blocked') return { state: 'blocked', reason: where.reason, since };
  if (where.found === 'elsewhere') return { state: 'missing', reason: `It is ${where.fullName} now.`, since };
  return { state: 'missing', reason: 'GitHub knows nothing of it any more, or hides it from the credential.', since };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  const [left, right] = [a.name.toLowerCase(), b.name.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
