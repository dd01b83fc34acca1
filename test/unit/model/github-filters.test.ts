import { describe, expect, test } from 'vitest';
import {
  everyRepository,
  leftOutBy,
  matchesName,
  type GitHubFilters,
  type RepositoryFacts,
} from '../../../shared/model/github-filters.ts';

const nowMs = Date.parse('2026-06-30T00:00:00Z');
const repository: RepositoryFacts = {
  name: 'Tools',
  topics: ['infra', 'go'],
  isPrivate: true,
  isFork: false,
  isArchived: false,
  pushedAt: '2026-06-01T00:00:00Z',
};
const judged = (filters: Partial<GitHubFilters>, facts: Partial<RepositoryFacts> = {}) =>
  leftOutBy({ ...everyRepository, ...filters }, { ...repository, ...facts }, nowMs);

describe('which repositories are selected', () => {
  test('all of them, unless something is asked for', () => {
    expect(judged({})).toBe(null);
    expect(judged({}, { isFork: true, isArchived: true, pushedAt: null })).toBe(null);
  });

  test('names by patterns, and an exclusion counts more', () => {
    expect(judged({ include: ['tool*'] })).toBe(null);
    expect(judged({ include: ['web-*'] })).toBe('name');
    expect(judged({ include: ['tool*'], exclude: ['*OOLS'] })).toBe('name');
  });

  test('topics, of which one is enough', () => {
    expect(judged({ topics: ['Go', 'rust'] })).toBe(null);
    expect(judged({ topics: ['rust'] })).toBe('topics');
  });

  test('visibility, forks and archived ones', () => {
    expect(judged({ visibility: 'private' })).toBe(null);
    expect(judged({ visibility: 'public' })).toBe('visibility');
    expect(judged({ forks: false }, { isFork: true })).toBe('fork');
    expect(judged({ archived: false }, { isArchived: true })).toBe('archived');
  });

  test('those pushed to within some days, to the moment', () => {
    expect(judged({ pushedWithinDays: 29 })).toBe(null);
    expect(judged({ pushedWithinDays: 28 })).toBe('activity');
    expect(judged({ pushedWithinDays: 1000 }, { pushedAt: null })).toBe('activity');
  });
});

describe('patterns of names', () => {
  test('a star is any number of characters, a question mark one, all else itself', () => {
    expect(matchesName('*', '')).toBe(true);
    expect(matchesName('a*b*c', 'aXXbYYbc')).toBe(true);
    expect(matchesName('a?c', 'abc')).toBe(true);
    expect(matchesName('a?c', 'ac')).toBe(false);
    expect(matchesName('a.c', 'abc')).toBe(false);
    expect(matchesName('', 'a')).toBe(false);
    expect(matchesName('a', 'ab')).toBe(false);
    expect(matchesName('[ab]', 'a')).toBe(false);
  });

  test('a pattern made to take long does not', () => {
    expect(matchesName(`${'a*'.repeat(5000)}b`, 'a'.repeat(10_000))).toBe(false);
  });
});
