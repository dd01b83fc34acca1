import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { follow } from '../../../electron/cli/operation.ts';
import { Output } from '../../../electron/cli/output.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { FakeStream } from './harness.ts';
import { issue } from './samples.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const terminal = (): { stderr: FakeStream; output: Output } => {
  const stderr = new FakeStream();
  stderr.isTerminal = true;
  return { stderr, output: new Output({ stdout: new FakeStream(), stderr }, { json: false, quiet: false }) };
};
const progress = {
  phase: 'Reading',
  doneItems: 0,
  totalItems: null,
  doneBytes: 0,
  totalBytes: null,
  currentItem: null,
  issues: 0,
};

it('takes the progress away when the operation is done, and lets it come to its end', async () => {
  let cleanedUp = false;
  const events = async function* () {
    yield await Promise.resolve({ type: 'progress', progress } as const);
    yield { type: 'done', result: 42 } as const;
    cleanedUp = true;
  };
  const { stderr, output } = terminal();
  expect(await follow(output, () => 0, events())).toBe(42);
  expect(stderr.text).toBe('\rReading\u001b[K\r\u001b[K');
  expect([cleanedUp, vi.getTimerCount()]).toEqual([true, 0]);
});

it('names what went wrong on the way to a failure', async () => {
  const events = async function* () {
    yield await Promise.resolve({ type: 'progress', progress } as const);
    yield { type: 'issue', issue } as const;
    throw new HoldfastError('NO_SPACE', 'The disk is full.');
  };
  const { stderr, output } = terminal();
  await expect(follow(output, () => 0, events())).rejects.toMatchObject({ code: 'NO_SPACE' });
  expect(stderr.text).toBe('\rReading\u001b[K\r\u001b[K  /data/secret: It cannot be opened. (NO_PERMISSION)\n');
  expect(vi.getTimerCount()).toBe(0);
});

it('does not take an end without a result for a success', async () => {
  const events = async function* () {
    yield await Promise.resolve({ type: 'notice', text: 'nearly' } as const);
  };
  await expect(follow(terminal().output, () => 0, events())).rejects.toMatchObject({ code: 'INTERNAL' });
});
