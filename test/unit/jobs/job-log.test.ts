import { expect, test } from 'vitest';
import { JobLog, maxLogLines } from '../../../electron/engine/jobs/job-log.ts';

test('a job that has too much to say keeps its first lines, and how it ended', () => {
  const log = new JobLog(() => 7);
  for (let line = 0; line < maxLogLines + 500; line++) log.add({ level: 'warning', message: `line ${line}` });
  log.end({ level: 'error', message: 'The disk is full.', code: 'NO_SPACE' });
  const lines = log.after(0);
  expect(lines).toHaveLength(maxLogLines + 2);
  expect(lines[maxLogLines - 1]?.message).toBe(`line ${maxLogLines - 1}`);
  expect(lines.at(-2)).toMatchObject({ message: '500 further lines were left out.', line: maxLogLines + 1 });
  expect(lines.at(-1)).toMatchObject({ message: 'The disk is full.', code: 'NO_SPACE', level: 'error', atMs: 7 });
});

test('a line is cut where it would be longer than anybody reads', () => {
  const log = new JobLog(() => 0);
  log.add({ level: 'info', message: 'x'.repeat(1_000_000), path: '/'.repeat(1_000_000) });
  const [line] = log.after(0);
  expect((line?.message.length ?? 0) + (line?.path?.length ?? 0)).toBeLessThan(10_000);
});

test('lines are given out after a number, as often as one likes', () => {
  const log = new JobLog(() => 0);
  for (const message of ['a', 'b', 'c']) log.add({ level: 'info', message });
  expect(log.after(1).map(({ message }) => message)).toEqual(['b', 'c']);
  log.after(0).length = 0;
  expect(log.after(0)).toHaveLength(3);
});
