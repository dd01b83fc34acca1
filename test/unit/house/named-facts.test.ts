import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const checkout = join(import.meta.dirname, '../../..');
const page = readFileSync(join(checkout, 'docs', 'AWS-FACTS.md'), 'utf8');
const rows = [...page.matchAll(/^\| (.+?) +\| `([^`]+)` › (.+?) +\|$/gm)].map(
  ([, fact = '', file = '', name = '']) => ({ fact, file, name }),
);

describe('facts about AWS', () => {
  test('have a test each', () => {
    const lines = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:fact|-)/.test(line));
    expect(rows).toHaveLength(lines.length);
    expect(rows.length).toBeGreaterThan(30);
  });

  test.each(rows)('$fact', ({ file, name }) => {
    const source = readFileSync(join(checkout, 'test', file), 'utf8');
    expect(
      ['test', 'test.each'].some((call) => source.includes(`${call}('${name}'`)) || source.includes(`  '${name}',`),
    ).toBe(true);
  });
});
