import { describe, expect, test } from 'vitest';
import type { SystemMember } from '../../../../shared/contract/systems.ts';
import { togetherOf } from '../../../../renderer/client/restore-together.ts';
import { sayMemberState, sayMoment, saySystemState } from '../../../../renderer/components/system-words.ts';
import { sayJobKind } from '../../../../renderer/components/tone.ts';
import { originOf } from '../../../../renderer/features/recovery/draft.ts';
import { restoreCommand, takeCommand } from '../../../../renderer/features/systems/commands.ts';
import { inOrder, isAllByName, movedEarlier } from '../../../../renderer/features/systems/take-order.ts';
import { extentWords, systemTitle } from '../../../../shared/model/together.ts';
import { memberStates, systemStates } from '../../../../shared/model/system-snapshots.ts';

const member = (source: string, change: Partial<SystemMember> = {}): SystemMember => ({
  source,
  state: 'complete',
  snapshot: source.repeat(64).slice(0, 64),
  repository: 'config of the vault',
  takenAt: '2026-11-25T02:48:00.000Z',
  endedAt: '2026-11-25T02:49:00.000Z',
  consistency: null,
  problem: null,
  heldFrom: null,
  heldTo: null,
  pointFrom: null,
  pointTo: null,
  moment: null,
  withinMs: null,
  apartBecause: null,
  ...change,
});
const unknown = { moment: null, withinMs: null };
const lost = member('c', { state: 'failed', snapshot: null, repository: null });

describe('the order in which sources are held', () => {
  const none: ReadonlySet<string> = new Set();

  test('is that of before where it is taken again, and else by name', () => {
    expect(inOrder(['a', 'b', 'c'], ['c', 'gone', 'a'])).toEqual(['c', 'a', 'b']);
    expect(isAllByName(['a', 'b'], ['a', 'b'])).toBe(true);
    expect(isAllByName(['b', 'a'], ['a', 'b'])).toBe(false);
    expect(isAllByName(['a'], ['a', 'b'])).toBe(false);
  });

  test('is changed one place at a time, past what is not taken', () => {
    expect(movedEarlier(['a', 'b', 'c'], 'c', none)).toEqual(['a', 'c', 'b']);
    expect(movedEarlier(['a', 'b', 'c'], 'c', new Set(['b']))).toEqual(['c', 'b', 'a']);
    expect(movedEarlier(['a', 'b', 'c'], 'a', none)).toEqual(['a', 'b', 'c']);
  });
});

describe('what a system snapshot holds', () => {
  test('is said with the time between its parts, and as one moment only where it was one', () => {
    const members = [member('a'), member('b')];
    expect(extentWords({ ...unknown, state: 'full', members, skewMs: 360_000 })).toBe('2 sources within 6 min');
    expect(extentWords({ ...unknown, state: 'full', members: [member('a')], skewMs: 1 })).toBe('one source');
    expect(extentWords({ ...unknown, state: 'full', members, skewMs: null })).toBe(
      '2 sources; within what time is not known',
    );
    const full = { state: 'full', members, skewMs: 360_000 } as const;
    expect(extentWords({ ...full, moment: 'same', withinMs: 0 })).toBe('2 sources at one moment');
    expect(extentWords({ ...full, moment: 'within', withinMs: 6_000 })).toBe('2 sources within 6 s');
    expect(extentWords({ ...full, moment: 'apart', withinMs: null })).toBe('2 sources, not together');
  });

  test('is said with what it lacks, and while it runs with what is there so far', () => {
    const members = [member('a'), member('b'), lost];
    expect(extentWords({ ...unknown, state: 'partial', members, skewMs: 60_000 })).toBe(
      '2 sources within 1 min, 1 missing',
    );
    expect(extentWords({ ...unknown, state: 'running', members, skewMs: null })).toBe('2 of 3 sources so far');
    expect(extentWords({ ...unknown, state: 'failed', members: [lost], skewMs: null })).toBe('nothing was taken');
  });

  test('has a word and a tone for each state, and a name without a description', () => {
    const members = [member('a'), member('b')];
    const said = systemStates.map((state) => saySystemState({ state, members, moment: 'same' }).words);
    expect(said).toEqual(['running', 'full', 'partial', 'failed']);
    expect(new Set(memberStates.map((state) => sayMemberState(state).words)).size).toBe(memberStates.length);
    expect(systemTitle({ id: '0123456789abcdef-2', description: ' ' })).toBe('System snapshot 01234567');
    expect(sayJobKind('system')).toBe('System snapshot');
  });
});

describe('a system snapshot that is whole', () => {
  const members = [member('a'), member('b')];

  test('is not good where it is not of one moment', () => {
    expect(saySystemState({ state: 'full', members, moment: 'same' }).tone).toBe('good');
    expect(saySystemState({ state: 'full', members, moment: 'apart' })).toEqual({
      tone: 'part',
      words: 'full, not together',
    });
    expect(saySystemState({ state: 'failed', members, moment: 'apart' }).tone).toBe('fail');
    // One alone has nothing to be apart from.
    expect(saySystemState({ state: 'full', members: [member('a')], moment: 'apart' }).tone).toBe('good');
  });

  test('says of each part whether it is of the moment of the others', () => {
    expect(sayMoment({ moment: 'same', withinMs: 0 })).toEqual({ tone: 'good', words: 'same moment' });
    expect(sayMoment({ moment: 'within', withinMs: 4_000 })).toEqual({ tone: 'none', words: 'within 4 s' });
    expect(sayMoment({ moment: 'apart', withinMs: null })).toEqual({ tone: 'part', words: 'not together' });
    expect(sayMoment({ moment: null, withinMs: null })).toBeNull();
  });
});

describe('the restore of all of it', () => {
  const connectionOf = (repository: string) => (repository === 'config of the vault' ? 'vault' : undefined);

  test('takes all of each snapshot that is there, by the connection of its repository', () => {
    const { items, outOfReach } = togetherOf([member('a'), lost, member('b', { repository: 'gone' })], connectionOf);
    expect(items).toEqual([
      {
        repository: 'vault',
        snapshot: 'a'.repeat(64),
        takenAt: '2026-11-25T02:48:00.000Z',
        source: 'a',
        path: '/',
        type: 'dir',
        bytes: null,
      },
    ]);
    expect(outOfReach).toBe(1);
    expect(restoreCommand(items, '/vault').join(' ')).toBe(
      'holdfast restore aaaaaaaa --to <folder> --repository /vault',
    );
  });

  test('is told from the basket by its address', () => {
    expect(originOf(undefined)).toBeNull();
    expect(originOf('all')).toBe('basket');
    expect(originOf('together')).toBe('together');
  });

  test('is begun by a command that names the sources only where they are not all', () => {
    expect(takeCommand(null, { description: '', hold: '' }, undefined)).toEqual(['holdfast', 'system', 'take']);
    expect(takeCommand(['a', 'b'], { description: 'before the update', hold: '90s' }, '/vault').slice(3)).toEqual([
      'a',
      'b',
      '--description',
      'before the update',
      '--hold',
      '90s',
      '--repository',
      '/vault',
    ]);
  });
});
