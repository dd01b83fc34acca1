import { describe, expect, it } from 'vitest';
import {
  definitionOf,
  draftOf,
  newPeriod,
  readDraft,
  type PeriodDraft,
  type ProfileDraft,
} from '../../../../../renderer/features/profiles/draft.ts';
import { presets } from '../../../../../shared/model/profile-presets.ts';
import type { ProfileDefinition } from '../../../../../shared/model/profile.ts';

const terms = { machineZone: 'Europe/Berlin', taken: new Set(['Nightly']), usedIds: new Set<string>() };
const begun = draftOf(presets.standard, terms.machineZone);
const read = (part: Partial<ProfileDraft>, more: Partial<typeof terms> = {}) =>
  readDraft({ ...begun, ...part }, { ...terms, ...more });
const faultsOf = (part: Partial<ProfileDraft>) => Object.fromEntries(read(part).faults);
/** The first period of the preset, as it is changed. */
const withPeriod = (part: Partial<PeriodDraft>): Partial<ProfileDraft> => ({
  periods: begun.periods.map((period, index) => (index === 0 ? { ...period, ...part } : period)),
});

describe('a profile that is written', () => {
  const all: ProfileDefinition = {
    ...presets['seven-year'],
    zone: 'America/New_York',
    rpoMs: 26 * 3_600_000,
    repository: '0123456789abcdef',
    blackouts: [{ weekdays: [1, 2, 3], from: '08:00', to: '18:30' }],
    periods: [
      ...presets['seven-year'].periods,
      {
        ...presets.standard.periods[0]!,
        id: 'hourly',
        name: 'Hourly',
        rule: { kind: 'hourly', minute: 5 },
        minimum: 0,
      },
      {
        ...presets.standard.periods[0]!,
        id: 'works',
        name: 'Works',
        rule: { kind: 'cron', expression: '0 9 * * 1-5' },
      },
      {
        ...presets.standard.periods[0]!,
        id: 'move',
        name: 'Move',
        rule: { kind: 'once', at: '2027-05-01T12:00:00.000Z' },
        keep: 'forever',
        missed: 'skip',
        quiesce: false,
      },
    ],
  };

  it.each<[string, ProfileDefinition]>([...Object.entries(presets), ['one with everything', all]])(
    'is what it was where nothing was changed: %s',
    (_name, profile) => {
      const { definition, faults } = readDraft(draftOf(profile, terms.machineZone), terms);
      expect(definition).toEqual(profile);
      expect([...faults]).toEqual([]);
    },
  );

  it('says beside each field what is wrong, as it is typed', () => {
    const key = begun.periods[0]?.key ?? '';
    const only = (part: Partial<ProfileDraft>) => Object.keys(faultsOf(part));
    expect(faultsOf({ name: 'Nightly' })).toEqual({ name: 'A profile called Nightly is there already.' });
    expect(only({ name: 'a/b' })).toEqual(['name']);
    expect(only({ zone: 'Europe/Atlantis' })).toEqual(['zone']);
    expect(only({ rpo: 'soon' })).toEqual(['rpo']);
    expect(only({ rpo: '0m' })).toEqual(['rpo']);
    expect(only({ periods: [] })).toEqual(['periods']);
    expect(only({ manual: { count: '0', unit: 'days' } })).toEqual(['manual']);
    expect(only(withPeriod({ name: 'Weekly' }))).toEqual([`${begun.periods[1]?.key}.name`]);
    expect(only(withPeriod({ time: '25:00' }))).toEqual([`${key}.rule`]);
    expect(only(withPeriod({ kind: 'monthly', day: '32' }))).toEqual([`${key}.rule`]);
    expect(only(withPeriod({ kind: 'hourly', minute: '60' }))).toEqual([`${key}.rule`]);
    expect(only(withPeriod({ kind: 'once', once: 'tomorrow' }))).toEqual([`${key}.rule`]);
    expect(faultsOf(withPeriod({ kind: 'cron', cron: '0 0 30 2 *' }))).toEqual({
      [`${key}.rule`]: expect.stringContaining('no year has a day') as string,
    });
    expect(only(withPeriod({ keep: { count: 'x', unit: 'days' } }))).toEqual([`${key}.keep`]);
    expect(only(withPeriod({ minimum: '-1' }))).toEqual([`${key}.minimum`]);
    expect(only({ blackouts: [{ key: 'b', weekdays: [], from: '8', to: '10:00' }] })).toEqual(['b.days', 'b.from']);
    const always = { key: 'b', weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' };
    expect(only({ blackouts: [always] })).toEqual(['blackouts']);
  });

  it('is none while something in it cannot be read', () => {
    expect(read({ rpo: 'soon' }).definition).toBeNull();
    expect(read(withPeriod({ time: '' })).definition).toBeNull();
    expect(read({ name: '' }).definition).not.toBeNull();
  });

  it('takes a duration and times as people write them', () => {
    expect(read({ rpo: '1d 2h' }).definition?.rpoMs).toBe(26 * 3_600_000);
    expect(read({ rpo: ' ' }).definition?.rpoMs).toBeNull();
    expect(read(withPeriod({ time: '7:05' })).definition?.periods[0]?.rule).toEqual({
      kind: 'daily',
      hour: 7,
      minute: 5,
    });
  });

  it('says what comes once by the clocks of the profile', () => {
    const part = withPeriod({ kind: 'once', once: '2027-05-01 12:00' });
    const at = (zone: string | null) => read({ ...part, zone }).definition?.periods[0]?.rule;
    expect(at(null)).toEqual({ kind: 'once', at: '2027-05-01T10:00:00.000Z' });
    expect(at('America/New_York')).toEqual({ kind: 'once', at: '2027-05-01T16:00:00.000Z' });
  });

  it('gives a new period an id that no other has, or had: snapshots carry them', () => {
    const added = { ...newPeriod('new-0'), name: 'Every night!' };
    const again = { ...newPeriod('new-1'), name: 'Daily' };
    const idsOf = (periods: readonly PeriodDraft[], usedIds: readonly string[]) =>
      read({ periods }, { usedIds: new Set(usedIds) }).definition?.periods.map(({ id }) => id);
    expect(idsOf([added], [])).toEqual(['every-night']);
    // The one of that name was taken away, and what it took must not live by the new one.
    expect(idsOf([again], ['daily', 'weekly'])).toEqual(['daily-2']);
    expect(
      idsOf(
        [
          { ...added, name: 'Manual' },
          { ...again, name: '!' },
        ],
        [],
      ),
    ).toEqual(['manual-2', 'period']);
  });
});

it('what the engine adds to a profile is left away', () => {
  expect(definitionOf({ ...presets.archive, id: 'x', sources: [] } as ProfileDefinition)).toEqual(presets.archive);
});
