import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { newsBetween, newsOfAlert } from '../../../electron/desktop/notifications.ts';
import { trayIconFile } from '../../../electron/desktop/tray-icon.ts';
import {
  startOfTomorrow,
  trayMenu,
  trayTooltip,
  type Pausing,
  type TrayActions,
} from '../../../electron/desktop/tray-menu.ts';
import { startingState, trayStateOf, type TrayState } from '../../../electron/desktop/tray-state.ts';
import { trayLevels, trayLooks, trayPicture, trayPixels } from '../../../packaging/icons.ts';
import { job, live, progress, source } from './live.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const choices = { startsAtLogin: false, keepsRunning: true, quitsWhenDone: false };

function actions(told: string[] = [], pause: Pausing | null = null): TrayActions {
  return {
    open: () => void told.push('open'),
    protect: (name) => void told.push(`protect ${name ?? 'all'}`),
    quit: () => void told.push('quit'),
    setStartAtLogin: (on) => void told.push(`login ${on}`),
    setKeepRunning: (on) => void told.push(`keep ${on}`),
    pause,
  };
}

const labels = (menu: readonly MenuItemConstructorOptions[]): string[] =>
  menu.map(({ label, type }) => label ?? type ?? '');

function click(menu: readonly MenuItemConstructorOptions[], label: string): void {
  const all = menu.flatMap((item) => [item, ...((item.submenu ?? []) as MenuItemConstructorOptions[])]);
  const item = all.find((one) => one.label === label);
  if (item?.click === undefined) throw new Error(`Nothing is called ${label}.`);
  item.click({ checked: true } as never, undefined, {});
}

describe('the state of the tray', () => {
  test.each([
    ['idle', live({ sources: [source('a')] })],
    ['running', live({ sources: [source('a')], jobs: [job()] })],
    ['warning', live({ sources: [source('a', { lastRun: { state: 'partial' } as never })], jobs: [job()] })],
    ['warning', live({ sources: [source('a')], repository: { state: 'locked' } })],
    ['failed', live({ sources: [source('a', { newestGood: null })], jobs: [job()] })],
    ['failed', live({ sources: [source('a', { lastRun: { state: 'failed' } as never })] })],
  ] as const)('is %s', (level, state) => {
    expect(trayStateOf(state, nowMs).level).toBe(level);
  });

  test('says what keeps a repository from being used', () => {
    const { verdict } = trayStateOf(live({ sources: [source('a')], repository: { state: 'unreachable' } }), nowMs);
    expect(verdict).toBe('The one source is within RPO. The repository disk cannot be reached.');
  });

  test('never says 100 % of what still runs, and leaves out what nobody waits for', () => {
    const jobs = [
      job({ progress: progress(99.97) }),
      job({ id: 'b', state: 'queued', queuedAt: '2026-03-01T10:00:01.000Z' }),
      job({ id: 'c', priority: 'background' }),
      job({ id: 'd', state: 'done' }),
    ];
    expect(trayStateOf(live({ jobs }), nowMs).running).toEqual([
      { title: 'Protecting papers', percent: 99, waits: false },
      { title: 'Protecting papers', percent: null, waits: true },
    ]);
  });
});

describe('the menu of the tray', () => {
  const state: TrayState = {
    verdict: 'All is well.',
    level: 'running',
    running: [{ title: 'Protecting a&b', percent: 42, waits: false }],
    nextDue: 'photos at 14:00',
    sources: ['a', 'b'],
  };

  test('says the verdict, what runs, what is next, and offers what can be done', () => {
    const menu = trayMenu(state, choices, actions(), nowMs);
    expect(labels(menu)).toEqual([
      'All is well.',
      'Protecting a&&b: 42 %',
      'Next: photos at 14:00',
      'separator',
      'Open Holdfast',
      'Protect now',
      'separator',
      'Start at login',
      'Keep running when the window is closed',
      'separator',
      'Quit…',
    ]);
  });

  test('does what its items say', () => {
    const told: string[] = [];
    const menu = trayMenu(state, choices, actions(told), nowMs);
    for (const label of ['Open Holdfast', 'All 2 sources', 'b', 'Start at login', 'Quit…']) click(menu, label);
    expect(told).toEqual(['open', 'protect all', 'protect b', 'login true', 'quit']);
  });

  test('protects one source at once, and none where none is registered', () => {
    expect(labels(trayMenu({ ...state, sources: ['a'] }, choices, actions(), nowMs))).toContain('Protect a now');
    const none = trayMenu(startingState, choices, actions(), nowMs);
    expect(none.find(({ label }) => label === 'Protect now')).toMatchObject({ enabled: false });
  });

  test('offers a pause only where something would start by itself, and then its end', () => {
    const paused: number[] = [];
    const pausing = { untilMs: null, pause: (untilMs: number) => void paused.push(untilMs), resume: () => undefined };
    const menu = trayMenu(state, choices, actions([], pausing), nowMs);
    click(menu, 'Pause for 1 hour');
    click(menu, 'Pause until tomorrow');
    expect(paused).toEqual([nowMs + 3_600_000, startOfTomorrow(nowMs)]);
    const resting = { ...pausing, untilMs: nowMs + 60_000 };
    expect(labels(trayMenu(state, choices, actions([], resting), nowMs))).toContain('Resume (paused until 12:01)');
  });

  test('says that it will quit, once that was asked for', () => {
    const menu = trayMenu(state, { ...choices, quitsWhenDone: true }, actions(), nowMs);
    expect(menu.at(-1)).toEqual({ label: 'Quits when what runs is done', enabled: false });
  });

  test('shows names from outside as plain text on one line', () => {
    const menu = trayMenu({ ...state, verdict: 'a\n\u202Eb' }, choices, actions(), nowMs);
    expect(menu[0]?.label).toBe('a  b');
    expect(trayTooltip({ ...state, verdict: 'x'.repeat(500) }).length).toBeLessThan(128);
  });
});

describe('the pictures of the tray', () => {
  test('are there for each state, for light and dark bars, at both densities, and as they are drawn', () => {
    for (const level of trayLevels) {
      for (const look of trayLooks) {
        const surroundings = { platform: look === 'template' ? 'darwin' : 'linux', isDark: look === 'dark' } as const;
        const file = trayIconFile('resources', level, surroundings);
        expect(readFileSync(file), file).toEqual(trayPicture(level, look, trayPixels));
        const large = file.replace('.png', '@2x.png');
        expect(readFileSync(large), large).toEqual(trayPicture(level, look, 2 * trayPixels));
      }
    }
  });

  test('tell states apart by shape alone', () => {
    const shapes = trayLevels.map((level) => trayPicture(level, 'template', 44).toString('hex'));
    expect(new Set(shapes).size).toBe(trayLevels.length);
  });

  test('have the size that their header says', () => {
    const icon = readFileSync(join('resources', 'icons', '512x512.png'));
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([512, 512]);
  });
});

describe('notifications', () => {
  const news = (before: ReturnType<typeof job> | null, after: ReturnType<typeof job>, isLookedAt = false): string[] =>
    newsBetween(live({ jobs: before === null ? [] : [before] }), live({ jobs: [after] }), isLookedAt).map(
      ({ title }) => title,
    );

  test('say once what failed or stayed incomplete', () => {
    const failed = job({ kind: 'check', state: 'failed' });
    expect(news(job({ kind: 'check' }), failed)).toEqual(['Checking papers failed']);
    expect(news(failed, failed)).toEqual([]);
    const partial = job({ kind: 'restore', state: 'partial' });
    expect(news(null, partial)).toEqual(['Restoring papers: not everything was read']);
  });

  test('make no noise about what went well, but for a restore that nobody looks at', () => {
    expect(news(job(), job({ state: 'done' }))).toEqual([]);
    expect(news(job(), job({ state: 'cancelled' }))).toEqual([]);
    const restored = job({ kind: 'restore', state: 'done' });
    expect(news(job({ kind: 'restore' }), restored)).toEqual(['Restoring papers is done']);
    expect(news(job({ kind: 'restore' }), restored, true)).toEqual([]);
  });

  test('leave runs of protection and expiry to alerts, which tell of them once', () => {
    for (const kind of ['protect', 'expire'])
      for (const state of ['failed', 'partial', 'interrupted'] as const)
        expect(news(job({ kind }), job({ kind, state }))).toEqual([]);
  });

  test('show the beginning of what an alert says, and lead to Alerts', () => {
    const text = [
      'papers is overdue\nThe newest good snapshot is old.\nWhat to do: See what its runs say.\nRaised today. Alert 0123.',
      '-- \nHoldfast on annexe. Alerts are acknowledged in the console.',
    ].join('\n\n');
    expect(newsOfAlert({ title: 'papers is overdue', text, level: 'error' })).toEqual({
      title: 'papers is overdue',
      body: 'The newest good snapshot is old.\nWhat to do: See what its runs say.\nRaised today. Alert 0123.',
      place: '/alerts',
    });
    const long = newsOfAlert({ title: '9 alerts: 9 new', text: 'a line of words\n'.repeat(90), level: 'error' });
    expect(long.body.split('\n')).toHaveLength(4);
    expect(newsOfAlert({ title: 't', text: 'x'.repeat(5000), level: 'ok' }).body).toHaveLength(240);
  });
});
