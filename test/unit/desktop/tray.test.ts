import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { newsBetween, newsOfAlert } from '../../../electron/desktop/notifications.ts';
import { trayIconFile } from '../../../electron/desktop/tray-icon.ts';
import { trayMenu, trayTooltip, type TrayActions } from '../../../electron/desktop/tray-menu.ts';
import { startingState, trayStateOf, type TrayState } from '../../../electron/desktop/tray-state.ts';
import { trayLevels, trayLooks, trayPicture, trayPixels } from '../../../packaging/icons.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import { job, live, progress, source } from './live.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const choices = { startsAtLogin: false, keepsRunning: true, quitsWhenDone: false };

function actions(told: string[] = []): TrayActions {
  return {
    open: () => void told.push('open'),
    protect: (name) => void told.push(`protect ${name ?? 'all'}`),
    quit: () => void told.push('quit'),
    setStartAtLogin: (on) => void told.push(`login ${on}`),
    setKeepRunning: (on) => void told.push(`keep ${on}`),
    pause: (end) => void told.push(`pause ${end}`),
    resume: () => void told.push('resume'),
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

const paused = { scope: 'tenant', until: null, reason: '', by: 'ada' } as const;
/** As the clock on the wall says it where this runs. */
const iso = (time: string): string => new Date(`2026-03-${time}`).toISOString();

describe('the state of the tray', () => {
  test.each([
    ['idle', live({ sources: [source('a')] })],
    ['running', live({ sources: [source('a')], jobs: [job()] })],
    ['warning', live({ sources: [source('a', { lastRun: { state: 'partial' } as never })], jobs: [job()] })],
    ['warning', live({ sources: [source('a')], repository: { state: 'locked' } })],
    ['paused', live({ sources: [source('a', { pause: paused })] })],
    ['idle', live({ sources: [source('a', { pause: { ...paused, scope: 'source' } })] })],
    ['idle', live({ sources: [source('a', { pause: { ...paused, until: '2026-03-01T11:59:00.000Z' } })] })],
    ['running', live({ sources: [source('a', { pause: paused })], jobs: [job()] })],
    ['failed', live({ sources: [source('a', { pause: paused, newestGood: null })] })],
    ['failed', live({ sources: [source('a', { newestGood: null })], jobs: [job()] })],
    ['failed', live({ sources: [source('a', { lastRun: { state: 'failed' } as never })] })],
  ] as const)('is %s', (level, state) => {
    expect(trayStateOf(state, nowMs).level).toBe(level);
  });

  test('says what keeps a repository from being used', () => {
    const { verdict } = trayStateOf(live({ sources: [source('a')], repository: { state: 'unreachable' } }), nowMs);
    expect(verdict).toBe('The one source is within RPO. The repository disk cannot be reached.');
  });

  test('says first that everything is paused, and until when', () => {
    const verdictOf = (until: string | null): string =>
      trayStateOf(live({ sources: [source('a', { pause: { ...paused, until } })] }), Date.parse(iso('01T12:00')))
        .verdict;
    expect(verdictOf(null)).toBe('Paused until somebody ends it. The one source is within RPO.');
    expect(verdictOf(iso('01T14:05'))).toMatch(/^Paused until 14:05\. /);
    expect(verdictOf(iso('02T08:00'))).toMatch(/^Paused until tomorrow 08:00\. /);
    expect(verdictOf(iso('04T08:00'))).toMatch(/^Paused until Wednesday 08:00\. /);
    expect(verdictOf(iso('31T08:00'))).toMatch(/^Paused until 31 March 08:00\. /);
  });

  test('says what is due next, and how many others are within the hour', () => {
    const next = (at: string): SourceState['next'] => ({ at: iso(at), periods: ['daily'] });
    const now = Date.parse(iso('01T12:00'));
    const dueNext = (...sources: Partial<SourceState>[]): string | null => trayStateOf(live({ sources }), now).nextDue;
    const late = source('late', { next: next('01T11:00') });
    const soon = source('payroll', { next: next('01T14:00') });
    expect(dueNext(source('a'), late)).toBeNull();
    expect(dueNext(source('a'), late, soon)).toBe('payroll at 14:00');
    expect(dueNext(source('z', { next: next('01T15:00') }), soon)).toBe(
      'payroll at 14:00, and 1 other within the hour',
    );
    expect(dueNext(source('z', { next: next('01T15:01') }), soon)).toBe('payroll at 14:00');
    expect(dueNext(source('z', { next: next('02T02:00') }))).toBe('z tomorrow 02:00');
    expect(dueNext(source('z', { next: next('05T02:00') }))).toBe('z on Thursday 02:00');
  });

  test('says what is due and waits, once for each reason, and stays overdue meanwhile', () => {
    const power = { waitsFor: 'mains power' };
    const old = { snapshot: 'a', takenAt: '2026-02-01T10:00:00.000Z', status: 'complete', repository: 'r' } as const;
    const sources = [
      source('a', { ...power, rpoMs: 86_400_000, newestGood: old }),
      source('b', power),
      source('c', { waitsFor: 'the password of disk' }),
      source('d', { waitsFor: 'the end of a pause', pause: { ...paused, scope: 'source' } }),
    ];
    const state = trayStateOf(live({ sources }), nowMs);
    expect(state.waiting).toEqual([
      '2 sources wait for mains power',
      'c waits for the password of disk',
      'd is paused',
    ]);
    expect(state.level).toBe('failed');
    expect(labels(trayMenu(state, choices, actions()))).toEqual(expect.arrayContaining([...state.waiting]));
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
    waiting: [],
    pause: null,
    runsByItself: true,
    nextDue: 'photos at 14:00',
    sources: ['a', 'b'],
  };

  test('says the verdict, what runs, what is next, and offers what can be done', () => {
    const menu = trayMenu(state, choices, actions());
    expect(labels(menu)).toEqual([
      'All is well.',
      'Protecting a&&b: 42 %',
      'Next: photos at 14:00',
      'separator',
      'Open Holdfast',
      'Protect now',
      'Pause for 1 hour',
      'Pause until tomorrow 08:00',
      'separator',
      'Start at login',
      'Keep running when the window is closed',
      'separator',
      'Quit…',
    ]);
  });

  test('does what its items say', () => {
    const told: string[] = [];
    const menu = trayMenu(state, choices, actions(told));
    for (const label of ['Open Holdfast', 'All 2 sources', 'b', 'Start at login', 'Quit…']) click(menu, label);
    expect(told).toEqual(['open', 'protect all', 'protect b', 'login true', 'quit']);
  });

  test('protects one source at once, and none where none is registered', () => {
    expect(labels(trayMenu({ ...state, sources: ['a'] }, choices, actions()))).toContain('Protect a now');
    const none = trayMenu(startingState, choices, actions());
    expect(none.find(({ label }) => label === 'Protect now')).toMatchObject({ enabled: false });
  });

  test('offers a pause only where something would start by itself, and then its end', () => {
    const told: string[] = [];
    expect(labels(trayMenu({ ...state, runsByItself: false }, choices, actions())).join()).not.toMatch(/Pause|Resume/);
    const menu = trayMenu(state, choices, actions(told));
    click(menu, 'Pause for 1 hour');
    click(menu, 'Pause until tomorrow 08:00');
    const resting = trayMenu({ ...state, pause: { untilMs: null } }, choices, actions(told));
    expect(labels(resting).join()).not.toMatch(/Pause/);
    click(resting, 'Resume');
    expect(told).toEqual(['pause hour', 'pause tomorrow', 'resume']);
  });

  test('says that it will quit, once that was asked for', () => {
    const menu = trayMenu(state, { ...choices, quitsWhenDone: true }, actions());
    expect(menu.at(-1)).toEqual({ label: 'Quits when what runs is done', enabled: false });
  });

  test('shows names from outside as plain text on one line', () => {
    const menu = trayMenu({ ...state, verdict: 'a\n\u202Eb' }, choices, actions());
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
