import { describe, expect, it } from 'vitest';
import { applyProperties } from '../../../../../electron/cli/profile-properties.ts';
import { addCommand, assignCommand, editCommand } from '../../../../../renderer/features/profiles/commands.ts';
import { presets } from '../../../../../shared/model/profile-presets.ts';
import type { ProfileDefinition } from '../../../../../shared/model/profile.ts';

/** What the command line makes of the words after the name. */
function applied(before: ProfileDefinition, words: readonly string[]): ProfileDefinition {
  const after = (option: string) => words.flatMap((word, index) => (words[index - 1] === option ? [word] : []));
  const [name = before.name] = after('--rename');
  return applyProperties({ ...before, name }, after('--set'), after('--drop'));
}

const nothing: ProfileDefinition = { ...presets.standard, name: 'X', description: '', periods: [] };
const special: ProfileDefinition = {
  ...presets.frequent,
  name: 'Special',
  description: 'For the works',
  zone: 'Europe/Berlin',
  rpoMs: 93_600_000 + 60_000,
  manual: { keep: 'forever' },
  blackouts: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }],
  periods: [
    { ...presets.frequent.periods[0]!, minimum: 0, quiesce: false, locked: true, name: 'Hours' },
    {
      ...presets.frequent.periods[1]!,
      id: 'works',
      rule: { kind: 'cron', expression: '0 9 * * 1-5' },
      keep: 'forever',
    },
  ],
};

describe('the command line makes the same profile', () => {
  it.each([...Object.values(presets), special])('anew: $name', (profile) => {
    const words = addCommand(profile);
    expect(words.slice(0, 5)).toEqual(['holdfast', 'profile', 'add', '--name', profile.name]);
    expect(applied({ ...nothing, name: profile.name }, words)).toEqual(profile);
  });

  it('out of the one that is there', () => {
    const words = editCommand(presets.frequent, special);
    expect(words?.slice(0, 4)).toEqual(['holdfast', 'profile', 'edit', 'Frequent']);
    expect(applied(presets.frequent, words ?? [])).toEqual(special);
    expect(editCommand(special, special)).toBeNull();
  });

  it('says no more than what differs', () => {
    const longer = { ...presets.standard, manual: { keep: { count: 2, unit: 'months' as const } } };
    expect(editCommand(presets.standard, longer)).toEqual([
      'holdfast',
      'profile',
      'edit',
      'Standard',
      '--set',
      'manual=2m',
    ]);
  });
});

it('a profile is given and taken away by the command line too', () => {
  const all = { scope: 'tenant', subject: '' } as const;
  expect(assignCommand(all, 'Standard')).toEqual(['holdfast', 'profile', 'assign', 'Standard', '--all']);
  expect(assignCommand({ scope: 'tag', subject: 'office' }, null).slice(2)).toEqual(['unassign', '--tag', 'office']);
});
