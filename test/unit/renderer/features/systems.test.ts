import { describe, expect, test } from 'vitest';
import type { SystemMember } from '../../../../shared/contract/systems.ts';
import { togetherOf } from '../../../../renderer/client/restore-together.ts';
import {
  extentWords,
  sayMemberState,
  saySystemState,
  systemTitle,
} from '../../../../renderer/components/system-words.ts';
import { sayJobKind } from '../../../../renderer/components/tone.ts';
import { originOf } from '../../../../renderer/features/recovery/draft.ts';
import { restoreCommand, takeCommand } from '../../../../renderer/features/systems/commands.ts';
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
  ...change,
});
const lost = member('c', { state: 'failed', snapshot: null, repository: null });

describe('what a system snapshot holds', () => {
  test('is said with the time between its parts, and never as one point in time', () => {
    const members = [member('a'), member('b')];
    expect(extentWords({ state: 'full', members, skewMs: 360_000 })).toBe('2 sources within 6 min');
    expect(extentWords({ state: 'full', members: [member('a')], skewMs: 1 })).toBe('one source');
    expect(extentWords({ state: 'full', members, skewMs: null })).toBe('2 sources; within what time is not known');
  });

  test('is said with what it lacks, and while it runs with what is there so far', () => {
    const members = [member('a'), member('b'), lost];
    expect(extentWords({ state: 'partial', members, skewMs: 60_000 })).toBe('2 sources within 1 min, 1 missing');
    expect(extentWords({ state: 'running', members, skewMs: null })).toBe('2 of 3 sources so far');
    expect(extentWords({ state: 'failed', members: [lost], skewMs: null })).toBe('nothing was taken');
  });

  test('has a word and a tone for each state, and a name without a description', () => {
    expect(systemStates.map((state) => saySystemState(state).words)).toEqual(['running', 'full', 'partial', 'failed']);
    expect(new Set(memberStates.map((state) => sayMemberState(state).words)).size).toBe(memberStates.length);
    expect(systemTitle({ id: '0123456789abcdef-2', description: ' ' })).toBe('System snapshot 01234567');
    expect(sayJobKind('system')).toBe('System snapshot');
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
    expect(takeCommand(null, '', undefined)).toEqual(['holdfast', 'system', 'take']);
    expect(takeCommand(['a', 'b'], 'before the update', '/vault').slice(3)).toEqual([
      'a',
      'b',
      '--description',
      'before the update',
      '--repository',
      '/vault',
    ]);
  });
});
