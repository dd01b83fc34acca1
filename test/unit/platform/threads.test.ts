import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from '../../support/processes.ts';

const script = fileURLToPath(new URL('../../support/stop-threads.ts', import.meta.url));

test(
  'threads can be stopped at any moment of their start and their work, and the process lives on',
  { timeout: 60_000 },
  async () => {
    const finished = await run(process.execPath, [script]);
    expect(finished, finished.stderr).toMatchObject({ code: 0, stdout: 'alive\n' });
  },
);
