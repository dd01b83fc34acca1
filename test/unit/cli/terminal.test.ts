import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { askSecret } from '../../../electron/cli/ask-secret.ts';
import { columnsOf, localTime, shorten, visible, visibleJson } from '../../../electron/cli/display.ts';
import { Output } from '../../../electron/cli/output.ts';
import { operatorFolder } from '../../../electron/cli/world.ts';
import { FakeStream } from './harness.ts';

class FakeKeyboard extends EventEmitter {
  raw = false;
  running = false;
  pending = '';

  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
  setEncoding(): void {}
  pause(): void {
    this.running = false;
  }
  resume(): void {
    this.running = true;
  }
  unshift(chunk: string): void {
    this.pending = chunk + this.pending;
  }
  type(text: string): void {
    this.emit('data', text);
  }
}

describe('a password typed on the terminal', () => {
  const ask = () => {
    const keyboard = new FakeKeyboard();
    const screen = new FakeStream();
    return { keyboard, screen, answer: askSecret('Password: ', keyboard, screen) };
  };

  it('is read without being shown, and the terminal is put back', async () => {
    const { keyboard, screen, answer } = ask();
    expect(keyboard.raw).toBe(true);
    keyboard.type('pä');
    keyboard.type('ss\r');
    expect(await answer).toBe('päss');
    expect(screen.text).toBe('Password: \n');
    expect([keyboard.raw, keyboard.running, keyboard.listenerCount('data')]).toEqual([false, false, 0]);
  });

  it('can be corrected', async () => {
    const { keyboard, answer } = ask();
    keyboard.type('wrong');
    keyboard.type('\u0015pax');
    keyboard.type('\u001b[D');
    keyboard.type('\u007fss\n');
    expect(await answer).toBe('pass');
  });

  it('leaves what was pasted after it for the next question', async () => {
    const { keyboard, answer } = ask();
    keyboard.type('one\rtwo\r');
    expect(await answer).toBe('one');
    expect(keyboard.pending).toBe('two\r');
  });

  it.each(['\u0003', '\u0004', 'half\u0003'])('is given up with %j', async (keys) => {
    const { keyboard, answer } = ask();
    keyboard.type(keys);
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(keyboard.raw).toBe(false);
  });

  it('is given up when the terminal goes away', async () => {
    const { keyboard, answer } = ask();
    keyboard.emit('end');
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('text from outside', () => {
  it('is shown with everything escaped that could drive or mislead a terminal', () => {
    expect(visible('plain – 写真 é \\x1b')).toBe('plain – 写真 é \\x1b');
    expect(visible('\u0000\u007f\u0085\u2028\u2066\ud800')).toBe('\\x00\\x7f\\x85\\u{2028}\\u{2066}\\u{d800}');
    expect(visible('😀')).toBe('😀');
  });

  it('stays the same value in JSON', () => {
    const value = { name: 'a\u009b\u202e\u007f\n😀' };
    const text = visibleJson(value, 2);
    expect(text).toBe('{\n  "name": "a\\u009b\\u202e\\u007f\\n😀"\n}');
    expect(JSON.parse(text)).toEqual(value);
  });

  it('is measured and cut in columns', () => {
    expect(columnsOf('写真e\u0301')).toBe(5);
    expect(shorten('/a/b/file.txt', 9)).toBe('…file.txt');
    expect(shorten('写真.jpg', 7)).toBe('…真.jpg');
    expect(shorten('short', 5)).toBe('short');
    expect(shorten('any', 0)).toBe('');
  });

  it('that is no time is shown as it is', () => {
    expect(localTime('yesterday')).toBe('yesterday');
    expect(localTime('2026-03-04T05:06:07.123456789+01:00')).toBe('2026-03-04 04:06:07');
  });
});

it('takes the progress line away before anything else is said', () => {
  const stderr = new FakeStream();
  const output = new Output({ stdout: new FakeStream(), stderr }, { json: false, quiet: false });
  output.live('working');
  output.say('a note');
  output.say('another');
  expect(stderr.text).toBe('\rworking\u001b[K\r\u001b[Ka note\nanother\n');
});

it('starts relative paths where the operator stands, also under npm run', () => {
  const env = { npm_lifecycle_event: 'holdfast', INIT_CWD: '/home/alice' };
  expect(operatorFolder(env, '/opt/holdfast')).toBe('/home/alice');
  expect(operatorFolder({ ...env, npm_lifecycle_event: 'test' }, '/opt/holdfast')).toBe('/opt/holdfast');
  expect(operatorFolder({ npm_lifecycle_event: 'holdfast' }, '/opt/holdfast')).toBe('/opt/holdfast');
});
