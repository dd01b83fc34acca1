import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { runPiped, type PipedProcess } from '../../../electron/engine/platform/piped-process.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';

const environment = { PATH: process.env['PATH'] ?? '' };

function shell(script: string, more: Partial<PipedProcess> = {}) {
  const { signal } = new AbortController();
  return runPiped({ argv: ['sh', '-c', script], cwd: tmpdir(), environment, signal, ...more });
}

test('bytes go in and come out, and what it says beside them is kept', async () => {
  const input = Buffer.from([0, 255, 10]);
  const { code, output, words, isCut, isSilent } = await shell('cat; echo why >&2; exit 3', { input });
  expect(output).toEqual(input);
  expect({ code, words, isCut, isSilent }).toEqual({ code: 3, words: 'why', isCut: false, isSilent: false });
});

test('one that writes for ever is ended once there is more than was wanted, with what it has started', async () => {
  const { output, isCut } = await shell('yes | cat', { maxBytes: 1000, graceMs: 5_000 });
  expect(isCut).toBe(true);
  expect(output).toHaveLength(1000);
});

test('what a reader of the output throws ends it, and so does a cancelled signal, for its reason', async () => {
  const onOutput = (): void => {
    throw new Error('enough');
  };
  await expect(shell('yes', { onOutput })).rejects.toThrow('enough');
  const controller = new AbortController();
  const running = shell('echo begun; sleep 1000', {
    signal: controller.signal,
    onOutput: () => controller.abort(new HoldfastError('ENGINE_STOPPED', 'The engine ends.')),
  });
  await expect(running).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
});

test('one that gives no sign of life is ended', async () => {
  expect(await shell('sleep 1000', { silenceMs: 50 })).toMatchObject({ code: -1, isSilent: true });
});
