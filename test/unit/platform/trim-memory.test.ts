import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from '../../support/processes.ts';

const work = fileURLToPath(new URL('../../support/trim-memory-work.ts', import.meta.url));
const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };

test.skipIf(header.glibcVersionRuntime === undefined)('what glibc keeps of what was freed goes back', async () => {
  const { code, stdout } = await run(process.execPath, [work]);
  expect(code).toBe(0);
  // Of 125 MiB.
  expect(Number(stdout.split(' ')[0])).toBeGreaterThan(60);
});
