/** What the next run would do with the repositories of an owner, from what was known and what is listed now. */
import {
  leftOutBy,
  leftOutReasons,
  type GitHubFilters,
  type LeftOutBy,
} from '../../../../shared/model/github-filters.ts';
import { shrunkWords } from './discovery.ts';
import type { PreviewedRepository } from './preview.ts';
import type { SourceState } from './state.ts';

export type NextRun = {
  readonly fresh: readonly string[];
  readonly gone: readonly string[];
  readonly leftOut: readonly { readonly by: LeftOutBy; readonly names: readonly string[] }[];
  /** Why it would end before anything is fetched. */
  readonly refused: string | null;
};

/** `known`: null before the first run. */
export function nextRun(
  known: SourceState | null,
  listed: readonly PreviewedRepository[],
  filters: GitHubFilters,
  nowMs: number,
): NextRun {
  const ids = new Set(listed.map(({ id }) => id));
  const records = [...(known?.repositories.values() ?? [])];
  const gone = records.filter(({ id, isListed }) => isListed && !ids.has(id));
  const before = records.filter(({ isListed }) => isListed).length;
  const reasons = new Map<LeftOutBy, string[]>();
  for (const { name, topics, pushedAt, ...one } of listed) {
    const facts = { name, topics, pushedAt, isPrivate: one.private, isFork: one.fork, isArchived: one.archived };
    const by = leftOutBy(filters, facts, nowMs);
    if (by !== null) reasons.set(by, [...(reasons.get(by) ?? []), name]);
  }
  const isKnown = (id: number): boolean => typeof known?.repositories.get(id)?.folder === 'string';
  return {
    fresh: listed.filter(({ id, selected }) => selected && !isKnown(id)).map(({ name }) => name),
    gone: gone.filter(({ selected }) => selected).map(({ name }) => name),
    leftOut: leftOutReasons.flatMap((by) => {
      const names = reasons.get(by);
      return names === undefined ? [] : [{ by, names }];
    }),
    refused: shrunkWords(before, listed.length, gone.length),
  };
}
