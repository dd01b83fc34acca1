import { describe, expect, it } from 'vitest';
import type { SourceState } from '../../../../../shared/contract/live.ts';
import { daysOf } from '../../../../../renderer/components/source-days.ts';
import { weeksOf } from '../../../../../renderer/features/sources/calendar-model.ts';
import { noHooks } from '../../../../../shared/model/hooks.ts';
import {
  filterSources,
  noProfile,
  profilesOf,
  registeredNames,
  standingCounts,
  valuesOf,
} from '../../../../../renderer/features/sources/facets.ts';

const takenAt = '2026-11-20T08:00:00.000Z';
const good = { snapshot: 'a'.repeat(64), takenAt, status: 'complete', repository: 'b'.repeat(16) } as const;

function source(name: string, hostname: string, paths: string[] | null, isGood = true): SourceState {
  return {
    key: name,
    name,
    kind: 'folder',
    hostname,
    registered:
      paths === null
        ? null
        : {
            kind: 'folder',
            name,
            paths,
            excludes: [],
            excludeCaches: false,
            excludeLargerThanBytes: null,
            oneFileSystem: false,
            commands: noHooks,
            tags: [],
            rpoMs: null,
            addedAt: takenAt,
            addedBy: 'ada',
            approved: null,
          },
    snapshots: 1,
    oldestAt: null,
    newest: isGood ? good : null,
    newestGood: isGood ? good : null,
    files: null,
    bytes: null,
    profile: null,
    rpoMs: null,
    next: null,
    pause: null,
    waitsFor: null,
    lastRun: null,
  };
}

const sources = [
  source('Docs', 'annexe', ['/home/ada/documents']),
  source('photos', 'annexe', ['/srv/photos'], false),
  source('etc', 'nas', null),
];
const names = (found: readonly SourceState[]) => found.map(({ name }) => name);

describe('the list of sources', () => {
  it('is narrowed down by words in name, machine or path, all of them, whatever the case', () => {
    expect(names(filterSources(sources, { find: 'dOC' }))).toEqual(['Docs']);
    expect(names(filterSources(sources, { find: 'annexe /srv' }))).toEqual(['photos']);
    expect(names(filterSources(sources, { find: 'nas' }))).toEqual(['etc']);
    expect(names(filterSources(sources, { find: '  ' }))).toHaveLength(3);
  });

  it('is narrowed down by facets, together', () => {
    expect(names(filterSources(sources, { state: 'none' }))).toEqual(['photos']);
    expect(names(filterSources(sources, { state: 'good', host: 'nas' }))).toEqual(['etc']);
    expect(filterSources(sources, { kind: 'git' })).toEqual([]);
  });

  it('counts what each state would show, and keeps one that is chosen although it shows nothing', () => {
    expect(standingCounts(sources, { state: 'none' })).toEqual([
      { standing: 'none', count: 1 },
      { standing: 'good', count: 2 },
    ]);
    expect(standingCounts(sources, { state: 'failed' })).toContainEqual({ standing: 'failed', count: 0 });
  });

  it('acts only on what is registered here', () => {
    expect(registeredNames(sources)).toEqual(['Docs', 'photos']);
    expect(valuesOf(sources, 'hostname')).toEqual(['annexe', 'nas']);
  });
});

describe('the year of a source', () => {
  it('has Mondays on top, every day once, and today at its end', () => {
    const days = daysOf('2025-11-25', 366, [], false);
    const weeks = weeksOf('2025-11-25', days);
    expect(weeks.every((week) => week.days.length === 7)).toBe(true);
    expect(weeks[0]?.days[0]).toBeNull();
    expect(weeks[0]?.days[1]?.date).toBe('Tue 25 Nov');
    expect(weeks.slice(1).every(({ days: [monday] }) => monday?.date.startsWith('Mon') === true)).toBe(true);
    expect(weeks.flatMap((week) => week.days).filter((day) => day !== null)).toHaveLength(366);
    expect(weeks.at(-1)?.days.findLast((day) => day !== null)?.date).toBe('Wed 25 Nov');
  });

  it('names each month once', () => {
    const named = weeksOf('2025-12-01', daysOf('2025-12-01', 365, [], false)).flatMap(({ month }) => month ?? []);
    expect(named).toEqual(['Dec', 'Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov']);
  });
});

describe('the facet of profiles', () => {
  const nightly = { id: '0'.repeat(16), name: 'Nightly', from: 'tag' as const };
  const some = sources.map((one, index) => (index === 0 ? { ...one, profile: nightly } : one));

  it('lists those that count, and those sources that have none where others do', () => {
    expect(profilesOf(sources)).toEqual([]);
    expect(profilesOf(some)).toEqual(['Nightly', noProfile]);
  });

  it('narrows down to the sources of a profile, or to those without', () => {
    expect(names(filterSources(some, { profile: 'Nightly' }))).toEqual(['Docs']);
    expect(names(filterSources(some, { profile: noProfile }))).toEqual(['photos', 'etc']);
  });
});
