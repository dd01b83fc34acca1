import { describe, expect, it } from 'vitest';
import {
  byDay,
  clockOf,
  dayTitle,
  linesOf,
  stretchOf,
  weeksOf,
} from '../../../../../renderer/features/profiles/calendar-model.ts';

const dayMs = 86_400_000;
const run = (at: string, ...periods: string[]) => ({ at: `${at}:00.000Z`, periods, keepUntil: null });

describe('the calendar of a profile', () => {
  // A Saturday.
  const nowMs = Date.parse('2026-11-28T22:30:00Z');

  it('begins with this week, by the clocks of the profile', () => {
    const { title, weeks } = weeksOf(nowMs, 'UTC', 0);
    expect(title).toBe('23 Nov – 27 Dec 2026');
    expect(weeks).toHaveLength(5);
    expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7, 7]);
    expect(weeks[0]?.map(({ label }) => label)).toEqual(['23 Nov', '24', '25', '26', '27', '28', '29']);
    expect(weeks[1]?.[1]).toEqual({ date: '2026-12-01', label: '1 Dec' });
    // It is Monday already there.
    expect(weeksOf(Date.parse('2026-11-29T12:00:00Z'), 'Pacific/Kiritimati', 0).title).toBe('30 Nov 2026 – 3 Jan 2027');
  });

  it('goes on where the page before it ended, also over a change of clocks', () => {
    for (let page = 0; page < 20; page += 1) {
      const { endMs, weeks } = weeksOf(nowMs, 'Europe/Berlin', page);
      const next = weeksOf(nowMs, 'Europe/Berlin', page + 1);
      expect(next.beginMs).toBe(endMs);
      expect(new Set(weeks.flat().map(({ date }) => date)).size).toBe(35);
    }
  });

  it('asks for what is still to come of it', () => {
    const first = weeksOf(nowMs, 'UTC', 0);
    expect(stretchOf(first, nowMs)).toEqual({ fromMs: nowMs, days: 30 });
    const second = weeksOf(nowMs, 'UTC', 1);
    expect(stretchOf(second, nowMs)).toEqual({ fromMs: first.endMs, days: 35 });
    expect(stretchOf(first, first.endMs - 1).days * dayMs).toBeGreaterThanOrEqual(1);
  });

  it('puts runs to the days on which they come there', () => {
    const days = byDay([run('2026-11-28T23:30', 'daily'), run('2026-11-29T10:00', 'weekly')], 'Europe/Berlin');
    expect([...days.keys()]).toEqual(['2026-11-29']);
    expect(clockOf('2026-11-28T23:30:00.000Z', 'Europe/Berlin')).toBe('00:30');
    expect(dayTitle('2026-11-29')).toBe('Sunday 29 November 2026');
  });

  it('says many runs of a day in few lines, and two periods that meet as one', () => {
    const hours = Array.from({ length: 24 }, (_, hour) =>
      run(`2026-11-29T${String(hour).padStart(2, '0')}:00`, 'hourly', ...(hour === 22 ? ['daily'] : [])),
    );
    expect(linesOf(hours, 'UTC', 3)).toEqual([
      { when: '23 ×', periods: ['hourly'] },
      { when: '22:00', periods: ['hourly', 'daily'] },
    ]);
    expect(linesOf(hours.slice(0, 2), 'UTC', 3)).toEqual([
      { when: '00:00', periods: ['hourly'] },
      { when: '01:00', periods: ['hourly'] },
    ]);
  });
});
