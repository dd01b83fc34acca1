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
const doneOf = (...input: Parameters<typeof checklistOf>) => checklistOf(...input).map(({ done }) => done);

describe('The checklist', () => {
  it('has nothing done on a console that protects nothing', () => {
    expect(doneOf([], [])).toEqual([false, false, false]);
  });

  it('takes protection for done when every source has a good snapshot, not before', () => {
    expect(doneOf([source('papers', true), source('photos', false)], [])[0]).toBe(false);
    expect(checklistOf([source('papers', true), source('photos', false)], [])[0]?.words).toBe(
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

  it('never says that a copy is elsewhere: nothing here knows of one', () => {
    expect(doneOf([source('papers', true)], [{ state: 'done', where }])[1]).toBe(false);
  });
});
