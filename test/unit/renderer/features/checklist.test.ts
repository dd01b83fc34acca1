import { describe, expect, it } from 'vitest';
import { checklistOf } from '../../../../renderer/features/overview/checklist.ts';
import type { SourceState } from '../../../../shared/contract/live.ts';

const point = {
  snapshot: 'a'.repeat(64),
  takenAt: '2026-11-25T02:00:00Z',
  status: 'complete' as const,
  repository: '',
};

function source(name: string, good: boolean): SourceState {
  return {
    key: name,
    name,
    kind: 'folder',
    hostname: 'office',
    registered: null,
    snapshots: good ? 1 : 0,
    oldestAt: null,
    newest: good ? point : null,
    newestGood: good ? point : null,
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

const where = { target: '/restored', overwrite: 'never' as const, verify: true };
const nowhere = { sites: [], copies: [] };
const doneOf = (...[sources, runs, known = nowhere]: Partial<Parameters<typeof checklistOf>>) =>
  checklistOf(sources ?? [], runs, known).map(({ done }) => done);

describe('The checklist', () => {
  it('has nothing done on a console that protects nothing', () => {
    expect(doneOf([], [])).toEqual([false, false, false]);
  });

  it('takes protection for done when every source has a good snapshot, not before', () => {
    expect(doneOf([source('papers', true), source('photos', false)], [])[0]).toBe(false);
    expect(checklistOf([source('papers', true), source('photos', false)], [], nowhere)[0]?.words).toBe(
      '1 of 2 sources has no good snapshot.',
    );
    expect(doneOf([source('papers', true)], [])[0]).toBe(true);
  });

  it('takes a restore for a rehearsal only where it ended well and was read back', () => {
    const sources = [source('papers', true)];
    expect(doneOf(sources, [{ state: 'done', where }])[2]).toBe(true);
    expect(doneOf(sources, [{ state: 'done', where: { ...where, verify: false } }])[2]).toBe(false);
    expect(doneOf(sources, [{ state: 'partial', where }])[2]).toBe(false);
    expect(doneOf(sources, undefined)[2]).toBe(false);
  });

  describe('takes a copy for offsite', () => {
    const sources = [source('papers', true), source('photos', true)];
    const copyItemOf = (sites: readonly { primary: boolean }[], ...copies: [copies: number, offsite: number][]) => {
      const [papers, photos] = copies.map(([count, offsite], index) => ({
        source: ['papers', 'photos'][index] ?? '',
        copies: count,
        offsite,
      }));
      const known = { sites, copies: [papers, photos].filter((one) => one !== undefined) };
      return checklistOf(sources, [], known).find(({ id }) => id === 'copy');
    };
    const primary = { primary: true };
    const annexe = { primary: false };

    it('only where every source has one at another place', () => {
      expect(copyItemOf([primary, annexe], [3, 1], [3, 1])).toMatchObject({ done: true });
      expect(copyItemOf([primary, annexe], [3, 1], [2, 0])).toMatchObject({
        done: false,
        words: '1 of 2 sources has no copy at another place.',
      });
    });

    it('not where there is no other site, or none has been asked', () => {
      expect(copyItemOf([primary])).toMatchObject({
        done: false,
        words: 'No site yet: what destroys the repository destroys every snapshot.',
      });
      expect(doneOf(sources, [], undefined)[1]).toBe(false);
      expect(checklistOf(sources, [], undefined)[1]).toMatchObject({
        done: false,
        words: 'Where copies are is being looked up.',
      });
    });

    it('not where nobody has said that the site is elsewhere, and says so', () => {
      expect(copyItemOf([primary, annexe], [3, 0], [3, 0])).toMatchObject({
        done: false,
        words: 'Copies are at a site, but nobody has said that it is at another place. Say where it is.',
      });
    });
  });
});
