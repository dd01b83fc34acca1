import { describe, expect, test } from 'vitest';
import { parseWeekGrid, rateAt, type WeekGrid } from '../../../../../shared/model/week-grid.ts';
import { cellsOf, gridOf, hourOf, paint } from '../../../../../renderer/features/sites/week-cells.ts';

const gridFrom = (text: string): WeekGrid => {
  const parsed = parseWeekGrid(text, 'UTC');
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.grid;
};
const monday = Date.UTC(2026, 0, 5);

describe('a week as minutes', () => {
  test.each([
    'mon-fri 08:15-17:45 off; otherwise 2MiB/s',
    'sun 22:00-06:00 off',
    'daily off; wed 12:00-13:00 full; otherwise 1MiB/s',
    '',
  ])('says the same as the rules for "%s", before and after', (text) => {
    const grid = gridFrom(text);
    const cells = cellsOf(grid);
    const again = gridOf(cells, 'UTC');
    for (let minute = 0; minute < 7 * 1440; minute += 15) {
      const wanted = rateAt(grid, monday + minute * 60_000, 'UTC');
      expect(cells[Math.floor(minute / 1440)]?.[minute % 1440]).toBe(wanted);
      expect(rateAt(again, monday + minute * 60_000, 'UTC')).toBe(wanted);
    }
  });

  test('keeps what was typed to the minute where another hour is painted', () => {
    const painted = paint(cellsOf(gridFrom('mon 08:10-08:20 off')), 1, 0, 60, 'off');
    expect(gridOf(painted, 'UTC').slots).toContainEqual({ weekdays: [1], from: '08:10', to: '08:20', rate: 'off' });
    expect(hourOf(painted, 0, 8)).toBe('mixed');
    expect(hourOf(painted, 1, 0)).toBe('off');
    expect(hourOf(painted, 1, 1)).toBe('full');
  });
});
