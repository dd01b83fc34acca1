import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { columnsOf } from '../../../electron/cli/display.ts';
import { Output } from '../../../electron/cli/output.ts';
import { ProgressDisplay } from '../../../electron/cli/progress.ts';
import { liveLine, plainLine, type ProgressView } from '../../../electron/cli/progress-line.ts';
import { percentOf } from '../../../shared/model/progress.ts';
import { RateMeter } from '../../../shared/model/rate-meter.ts';
import type { Progress } from '../../../shared/contract/common.ts';
import { FakeStream } from './harness.ts';

const MiB = 1024 ** 2;
const progress: Progress = {
  phase: 'Reading',
  doneItems: 1204,
  totalItems: 2830,
  doneBytes: 420 * MiB,
  totalBytes: 1000 * MiB,
  currentItem: '/home/alice/projects/a-rather-long-name/file.bin',
  issues: 2,
};
const view: ProgressView = { progress, measure: 'bytes', perSecond: 212 * MiB, estimateMs: 80_000, idleMs: 0 };

describe('the progress line', () => {
  it('shows all there is on a wide terminal', () => {
    expect(liveLine(view, 200)).toBe(
      'Reading  [########............]  42 %  1,204/2,830 items  420.0 MiB / 1000.0 MiB  212.0 MiB/s  ' +
        '1 min 20 s left  2 problems  /home/alice/projects/a-rather-long-name/file.bin',
    );
  });

  it('is never wider than the terminal, and keeps the end of the current item', () => {
    for (let columns = 1; columns <= 200; columns += 1) {
      expect(columnsOf(liveLine(view, columns))).toBeLessThanOrEqual(columns);
    }
    expect(liveLine(view, 150)).toMatch(/ {2}….*file\.bin$/);
    expect(
      liveLine({ ...view, progress: { ...progress, currentItem: '/写真/写真写真写真写真写真.jpg' } }, 140),
    ).toMatch(/\.jpg$/);
  });

  it('prefers the current item to the bar and the count', () => {
    expect(liveLine(view, 95)).toBe(
      'Reading  42 %  420.0 MiB / 1000.0 MiB  212.0 MiB/s  1 min 20 s left  2 problems  …name/file.bin',
    );
    expect(columnsOf(liveLine(view, 95))).toBe(95);
  });

  it('keeps phase, percentage and problems longest', () => {
    expect(liveLine(view, 30)).toBe('Reading  42 %  2 problems');
  });

  it('has no percentage and no estimate before the total is known', () => {
    const unknown = { ...progress, totalItems: null, totalBytes: null };
    const line = liveLine({ ...view, progress: unknown, estimateMs: null }, 200);
    expect(line).not.toMatch(/%|left|\[/);
    expect(line).toContain('1,204 items  420.0 MiB  212.0 MiB/s');
  });

  it('is never over 100 %, and never shows more than there is', () => {
    const grown = { ...progress, doneBytes: 1200 * MiB, doneItems: 3000 };
    expect(percentOf(grown)).toBe(100);
    expect(liveLine({ ...view, progress: grown }, 200)).toContain('3,000/3,000 items  1.2 GiB / 1.2 GiB');
  });

  it('rounds the percentage down: 100 % means all', () => {
    expect(percentOf({ ...progress, doneBytes: 1000 * MiB - 1 })).toBe(99);
  });

  it('counts items where there are no bytes', () => {
    const checking = { ...progress, phase: 'Checking', doneItems: 1, totalItems: 4, doneBytes: 0, totalBytes: null };
    const line = plainLine({ ...view, progress: checking, measure: 'items', perSecond: 3, estimateMs: null });
    expect(line).toBe('Checking: 25 %, 1 of 4 items, 3 items/s, 2 problems');
  });

  it('says when nothing moves', () => {
    expect(plainLine({ ...view, idleMs: 75_000 })).toContain('nothing moved for 1 min 15 s');
    expect(plainLine({ ...view, idleMs: 9_000 })).not.toContain('moved');
  });

  it('cannot drive the terminal', () => {
    const hostile = { ...progress, phase: 'a\u001b', currentItem: 'b\u009b' };
    expect(liveLine({ ...view, progress: hostile }, 200)).toMatch(/^a\\x1b .*b\\x9b$/);
  });
});

describe('the rate', () => {
  const measure = (seconds: number, rateAt: (second: number) => number): { meter: RateMeter; done: number } => {
    const meter = new RateMeter();
    let done = 0;
    meter.sample(0, 0);
    for (let tenth = 1; tenth <= seconds * 10; tenth += 1) {
      done += rateAt(tenth / 10) / 10;
      meter.sample(done, tenth * 100);
    }
    return { meter, done };
  };

  it('is that of an even run from the first second on', () => {
    expect(measure(0.9, () => 100).meter.perSecond).toBeNull();
    expect(measure(1, () => 100).meter.perSecond).toBeCloseTo(100);
    expect(measure(60, () => 100).meter.perSecond).toBeCloseTo(100);
  });

  it('looks ahead only once it is even', () => {
    expect(measure(4, () => 100).meter.estimateMs(1000)).toBeNull();
    expect(measure(6, () => 100).meter.estimateMs(1000)).toBeCloseTo(10_000);
    expect(measure(30, (second) => (second < 25 ? 100 : 500)).meter.estimateMs(1000)).toBeNull();
    expect(measure(30, (second) => (second < 20 ? 100 : 0)).meter.estimateMs(1000)).toBeNull();
  });

  it('never promises less than a second, or an end of what is over', () => {
    const { meter } = measure(10, () => 1000);
    expect(meter.estimateMs(1)).toBe(1000);
    expect(meter.estimateMs(0)).toBeNull();
    expect(meter.estimateMs(-5)).toBeNull();
  });

  it('starts anew when the count does', () => {
    const { meter } = measure(10, () => 1000);
    meter.sample(0, 10_100);
    expect(meter.perSecond).toBeNull();
  });
});

describe('the display', () => {
  const stderr = { current: new FakeStream() };
  const display = (style: { json?: boolean; quiet?: boolean; isTerminal: boolean }): ProgressDisplay => {
    stderr.current = new FakeStream();
    stderr.current.isTerminal = style.isTerminal;
    const streams = { stdout: new FakeStream(), stderr: stderr.current };
    const output = new Output(streams, { json: style.json ?? false, quiet: style.quiet ?? false });
    return new ProgressDisplay(output, () => performance.now());
  };
  const advance = (shown: ProgressDisplay, seconds: number): void => {
    for (let tick = 1; tick <= seconds * 50; tick += 1) {
      vi.advanceTimersByTime(20);
      shown.update({ ...progress, doneBytes: tick * MiB, currentItem: null });
    }
  };

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('redraws one line at most ten times a second on a terminal, and takes it away', () => {
    const shown = display({ isTerminal: true });
    advance(shown, 3);
    shown.end();
    const drawn = stderr.current.text.split('\r').length - 1;
    expect(drawn).toBeGreaterThan(20);
    expect(drawn).toBeLessThanOrEqual(32);
    expect(stderr.current.text).not.toContain('\n');
    expect(stderr.current.text.endsWith('\r\u001b[K')).toBe(true);
  });

  it('writes a plain line every ten seconds elsewhere, and none for a short run', () => {
    const short = display({ isTerminal: false });
    advance(short, 9);
    short.end();
    expect(stderr.current.text).toBe('');
    const long = display({ isTerminal: false });
    advance(long, 19);
    long.end();
    expect(stderr.current.text).toMatch(/^Reading: (49|50) %, [^\r\n]* left[^\r\n]*\n$/);
  });

  it('shows a standstill although nothing arrives', () => {
    const shown = display({ isTerminal: true });
    shown.update(progress);
    vi.advanceTimersByTime(30_000);
    shown.end();
    expect(stderr.current.text).toMatch(/nothing moved for (29|30) s/);
  });

  it('measures each phase by itself', () => {
    const shown = display({ isTerminal: true });
    advance(shown, 8);
    stderr.current.text = '';
    vi.advanceTimersByTime(200);
    shown.update({ ...progress, phase: 'Verifying', doneBytes: 900 * MiB });
    expect(stderr.current.text).toContain('Verifying');
    expect(stderr.current.text).not.toMatch(/\/s|left/);
    shown.end();
  });

  it.each([{ json: true }, { quiet: true }])('is silent with %j', (style) => {
    const shown = display({ ...style, isTerminal: true });
    advance(shown, 12);
    shown.end();
    expect(stderr.current.text).toBe('');
  });
});
