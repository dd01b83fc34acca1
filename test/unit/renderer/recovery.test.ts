import { describe, expect, test } from 'vitest';
import type { BasketItem } from '../../../renderer/client/basket.ts';
import {
  commandOf,
  proposedTarget,
  repositoriesOf,
  readFrom,
  requestOf,
  risksOf,
  targetFault,
  type Draft,
} from '../../../renderer/features/recovery/draft.ts';
import { canGoOn, canUndo, guideRail, guideStepOf, headlineOf } from '../../../renderer/features/recovery/run-words.ts';
import type { RunStep } from '../../../shared/contract/restore-runs.ts';

const item = (source: string, path = '/', repository = 'r'): BasketItem => ({
  repository,
  snapshot: 'a'.repeat(64),
  takenAt: '2026-11-20T10:00:00Z',
  source,
  path,
  type: 'dir',
  bytes: null,
});
const now = Date.UTC(2026, 10, 25);

describe('the folder that is proposed', () => {
  test('is named for the source and the day, below the home folder', () => {
    expect(proposedTarget('/home/ada', [item('/srv/My Papers')], now)).toBe('/home/ada/restored/My-Papers-2026-11-25');
    expect(proposedTarget('/', [item('a'), item('b')], now)).toBe('/restored/several-sources-2026-11-25');
  });

  test('holds nothing that could lead elsewhere, whatever the source is called', () => {
    expect(proposedTarget('/home/ada', [item('../../etc')], now)).toBe('/home/ada/restored/etc-2026-11-25');
    expect(proposedTarget('/home/ada', [item('<b>&$(x)')], now)).not.toMatch(/[<>&$()]/);
  });
});

describe('a place to restore to', () => {
  test('is a whole path without a way upwards, or the original place', () => {
    expect(targetFault(null)).toBeNull();
    expect(targetFault('/srv/back')).toBeNull();
    expect(targetFault('')).not.toBeNull();
    expect(targetFault('back')).not.toBeNull();
    expect(targetFault('/srv/../etc')).not.toBeNull();
  });
});

describe('a draft', () => {
  const draft: Draft = {
    items: [item('papers'), item('papers', '/a b')],
    target: null,
    overwrite: 'if-changed',
    verify: false,
  };

  test('becomes what the engine takes', () => {
    expect(requestOf(draft, 'r')).toMatchObject({
      repository: { id: 'r' },
      selections: [{ path: '/' }, { path: '/a b' }],
    });
    expect(repositoriesOf([item('a', '/', 'x'), item('b', '/', 'y'), item('c', '/', 'x')])).toEqual(['x', 'y']);
  });

  test('is read from the place that was chosen, under the names that snapshots have there', () => {
    const two = { ...draft, items: [item('a', '/', 'x'), item('b', '/', 'y')] };
    const [snapshot = ''] = two.items.map((one) => one.snapshot);
    expect(readFrom(two)).toBeNull();
    expect(readFrom(draft)).toBe(draft.items[0]?.repository);
    const from = {
      connection: 'c',
      name: 'berlin',
      location: '/berlin',
      isSite: true,
      snapshots: { [snapshot]: 'there' },
    };
    expect(readFrom({ ...two, from })).toBe('c');
    expect(readFrom({ ...two, from: { ...from, snapshots: {} } })).toBeNull();
    expect(requestOf({ ...two, from }, 'c')).toMatchObject({
      repository: { id: 'c' },
      selections: [{ snapshot: 'there' }, { snapshot: 'there' }],
    });
    expect(commandOf({ ...draft, from }, '/r')).toContain('--from');
  });

  test('protects what is there first at the original place alone, and not while it reads from a site', () => {
    const first = { ...draft, protectFirst: true };
    const site = { connection: 'c', name: 'Berlin', location: '/berlin', isSite: true, snapshots: {} };
    expect(requestOf({ ...first, target: null }, 'r')).toMatchObject({ protectFirst: true });
    expect(requestOf({ ...first, target: '/srv/back' }, 'r')).not.toHaveProperty('protectFirst');
    expect(requestOf({ ...first, target: null, from: site }, 'c')).not.toHaveProperty('protectFirst');
    expect(commandOf({ ...first, target: null }, '/r')).toContain('--protect-first');
  });

  test('becomes the words of the command line', () => {
    expect(commandOf(draft, '/srv/repository')).toEqual([
      'holdfast',
      'restore',
      'aaaaaaaa',
      'aaaaaaaa:/a b',
      '--in-place',
      '--overwrite',
      'if-changed',
      '--no-verify',
      '--repository',
      '/srv/repository',
    ]);
  });
});

describe('a run', () => {
  const step = (state: RunStep['state'], undo: string | null = null): RunStep => ({
    id: state,
    title: state,
    detail: null,
    state,
    startedAt: null,
    endedAt: null,
    undo,
    noUndo: undo === null ? 'nothing' : null,
    result: null,
    error: null,
  });

  test('says where it is', () => {
    expect(headlineOf({ state: 'running', steps: [step('done'), step('running'), step('waiting')] })).toBe(
      'Step 2 of 3',
    );
    expect(headlineOf({ state: 'paused', steps: [step('done'), step('waiting')] })).toBe('Step 2 of 2, paused');
    expect(headlineOf({ state: 'partial', steps: [step('partial')] })).toBe('Restored, with exceptions');
    expect(guideStepOf({ state: 'verifying' })).toBe('Verify');
    expect(guideRail('Run', true).find(({ id }) => id === 'Run')?.state).toBe('failed');
  });

  test('goes on unless it is at work, at its end or closed', () => {
    expect(canGoOn({ state: 'interrupted', closedAt: null })).toBe(true);
    expect(canGoOn({ state: 'running', closedAt: null })).toBe(false);
    expect(canGoOn({ state: 'done', closedAt: null })).toBe(false);
    expect(canGoOn({ state: 'failed', closedAt: '2026-11-25T00:00:00Z' })).toBe(false);
  });

  test('can be undone once a step with an undo has begun, and not after it was closed', () => {
    expect(canUndo({ state: 'done', closedAt: null, steps: [step('done', 'remove it')] })).toBe(true);
    expect(canUndo({ state: 'ready', closedAt: null, steps: [step('waiting', 'remove it')] })).toBe(false);
    expect(canUndo({ state: 'done', closedAt: '2026-11-25T00:00:00Z', steps: [step('done', 'remove it')] })).toBe(
      false,
    );
    expect(canUndo({ state: 'done', closedAt: null, steps: [step('done')] })).toBe(false);
  });
});

describe('What could go wrong', () => {
  const draft = { items: [], target: '/restored', overwrite: 'never', verify: true } as const;

  test('is nothing but a wrong choice before the place is known', () => {
    expect(risksOf(draft, 'What').join(' ')).not.toMatch(/overwritten/);
  });

  test('names what would be overwritten, and only where something may be', () => {
    expect(risksOf(draft, 'Preflight')).toContain('No file that is there already is overwritten.');
    const inUse = risksOf({ ...draft, target: null, overwrite: 'if-changed' }, 'Preflight').join(' ');
    expect(inUse).toMatch(/differ are overwritten; each is kept aside until the run is closed/);
    expect(inUse).toMatch(/Programs that use these files/);
  });

  test('says so where nobody reads back, and always how to go back', () => {
    expect(risksOf({ ...draft, verify: false }, 'Where').join(' ')).toMatch(/Without reading back/);
    expect(risksOf(draft, 'Where').at(-1)).toMatch(/Undo removes what it made/);
  });
});
