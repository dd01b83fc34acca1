/** Which repositories of an owner are protected: one pure function that the preview and each run ask alike. */

export type GitHubFilters = {
  /** Patterns of names with `*` and `?`, without regard to case. None: every name. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** One of them is enough. None: every repository. */
  readonly topics: readonly string[];
  /** What is internal to an enterprise counts as private. */
  readonly visibility: 'all' | 'public' | 'private';
  readonly forks: boolean;
  readonly archived: boolean;
  /** Null: however long ago. What was never pushed to was not pushed to lately. */
  readonly pushedWithinDays: number | null;
};

export const everyRepository: GitHubFilters = {
  include: [],
  exclude: [],
  topics: [],
  visibility: 'all',
  forks: true,
  archived: true,
  pushedWithinDays: null,
};

export type RepositoryFacts = {
  readonly name: string;
  readonly topics: readonly string[];
  readonly isPrivate: boolean;
  readonly isFork: boolean;
  readonly isArchived: boolean;
  /** ISO-8601; null before the first push. */
  readonly pushedAt: string | null;
};

/** What leaves a repository out: the first of the filters that does. */
export const leftOutReasons = ['name', 'topics', 'visibility', 'fork', 'archived', 'activity'] as const;
export type LeftOutBy = (typeof leftOutReasons)[number];

const dayMs = 86_400_000;

/** Null where it is selected. */
export function leftOutBy(filters: GitHubFilters, repository: RepositoryFacts, nowMs: number): LeftOutBy | null {
  const { include, exclude, topics, visibility, forks, archived, pushedWithinDays } = filters;
  const matches = (pattern: string): boolean => matchesName(pattern, repository.name);
  if ((include.length > 0 && !include.some(matches)) || exclude.some(matches)) return 'name';
  const wanted = new Set(topics.map((topic) => topic.toLowerCase()));
  if (wanted.size > 0 && !repository.topics.some((topic) => wanted.has(topic.toLowerCase()))) return 'topics';
  if (visibility !== 'all' && repository.isPrivate !== (visibility === 'private')) return 'visibility';
  if (repository.isFork && !forks) return 'fork';
  if (repository.isArchived && !archived) return 'archived';
  if (pushedWithinDays === null) return null;
  const pushedMs = Date.parse(repository.pushedAt ?? '');
  return pushedMs >= nowMs - pushedWithinDays * dayMs ? null : 'activity';
}

/** `*` is any number of characters, `?` is one. Takes time in proportion to both lengths, whatever the pattern. */
export function matchesName(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()];
  let [at, from] = [0, 0];
  let star: { readonly at: number; from: number } | null = null;
  while (from < given.length) {
    if (wanted[at] === '*') {
      star = { at, from };
      at += 1;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[from])) {
      at += 1;
      from += 1;
    } else if (star !== null) {
      star.from += 1;
      at = star.at + 1;
      from = star.from;
    } else {
      return false;
    }
  }
  return /^\**$/.test(wanted.slice(at));
}
