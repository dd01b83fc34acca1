import { describe, expect, test } from 'vitest';
import { changeSettings, followSettings } from '../../../../renderer/features/settings/desktop-settings.ts';
import {
  explainBattery,
  explainClosing,
  explainLogin,
  explainMetered,
} from '../../../../renderer/features/settings/desktop-words.ts';
import type { DesktopSettings } from '../../../../shared/model/desktop-settings.ts';

const login = { on: true, startsThis: true, command: '/opt/holdfast --hidden', file: '/autostart/holdfast.desktop' };
const given = (change: Partial<DesktopSettings> = {}): DesktopSettings => ({
  startAtLogin: login,
  keepRunning: true,
  waitOnBattery: { on: false, now: false },
  waitOnMetered: { on: false, now: null },
  updates: { on: false, feed: null, state: { kind: 'idle' } },
  ...change,
});

describe('the choices of the desktop in words', () => {
  test('say what happens at login, and where that is not what one would think', () => {
    expect(explainLogin(given({ startAtLogin: { ...login, on: false } })).lead).toMatch(/nothing runs until somebody/);
    expect(explainLogin(given())).toEqual({
      lead: expect.stringContaining('without a window') as unknown,
      caution: null,
    });
    expect(explainLogin(given({ startAtLogin: { ...login, startsThis: false } })).caution).toMatch(
      /is not the Holdfast/,
    );
    expect(explainLogin(given({ keepRunning: false })).caution).toMatch(/ends Holdfast, also after such a start/);
  });

  test('say what closing the window does, and the way out where there is no tray', () => {
    expect(explainClosing(given()).caution).toMatch(/switch this off and close the window/);
    expect(explainClosing(given({ keepRunning: false })).lead).toMatch(/^Closing the window ends Holdfast/);
  });
});

describe('what runs wait for, in words,', () => {
  test('says what is chosen, and how this computer is now', () => {
    expect(explainBattery(given())).toEqual({
      lead: 'Runs begin when they are due, also on battery. This computer is on mains power now.',
      caution: null,
    });
    expect(explainBattery(given({ waitOnBattery: { on: true, now: true } })).lead).toBe(
      'Runs that are due wait for mains power. This computer is on battery now.',
    );
    expect(explainMetered(given({ waitOnMetered: { on: true, now: false } })).lead).toMatch(
      /wait for a network that is not metered, .* not metered now\.$/,
    );
  });

  test('pretends nothing where it cannot be known', () => {
    expect(explainMetered(given())).toEqual({
      lead: 'Whether the network is metered cannot be known here: runs begin when they are due.',
      caution: null,
    });
    expect(explainBattery(given({ waitOnBattery: { on: true, now: null } })).caution).toMatch(/has no effect/);
  });
});

describe('the choices of the desktop on the page', () => {
  function scene() {
    const answers: ((settings: DesktopSettings) => void)[] = [];
    const refusals: ((error: Error) => void)[] = [];
    const listeners = new Set<(settings: DesktopSettings) => void>();
    const window = new EventTarget();
    const seen: (DesktopSettings | null)[] = [];
    const host = {
      settings: () =>
        new Promise<DesktopSettings>((resolve, reject) => {
          answers.push(resolve);
          refusals.push(reject);
        }),
      onSettings: (listener: (settings: DesktopSettings) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const stop = followSettings(host, window as never, (settings) => seen.push(settings));
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    const tell = (settings: DesktopSettings) => listeners.forEach((listen) => listen(settings));
    return { answers, refusals, listeners, window, seen, stop, settled, tell };
  }
  const off = given({ keepRunning: false });

  test('are asked for once it is shown, and again when somebody comes back to the window', async () => {
    const { answers, window, seen, settled } = scene();
    answers[0]?.(given());
    await settled();
    window.dispatchEvent(new Event('focus'));
    answers[1]?.(off);
    await settled();
    expect(seen).toEqual([given(), off]);
  });

  test('are what was told last, also where an earlier question is answered later', async () => {
    const { answers, seen, settled, tell } = scene();
    tell(off);
    answers[0]?.(given());
    await settled();
    expect(seen).toEqual([off]);
  });

  test('are unknown where the shell refuses', async () => {
    const { refusals, seen, settled } = scene();
    refusals[0]?.(new Error('no'));
    await settled();
    expect(seen).toEqual([null]);
  });

  test('are followed no longer once it is left', async () => {
    const { answers, listeners, window, seen, stop, settled } = scene();
    stop();
    answers[0]?.(given());
    window.dispatchEvent(new Event('focus'));
    await settled();
    expect(seen).toEqual([]);
    expect(listeners.size).toBe(0);
    expect(answers).toHaveLength(1);
  });

  test('stay what they were where a change gets no answer, and that is said', async () => {
    const host = { changeSettings: () => Promise.reject(new Error('gone')) };
    expect(await changeSettings(host, { keepRunning: false }, given())).toEqual({
      settings: given(),
      problem: 'The desktop program does not answer. Restart Holdfast.',
    });
  });
});
