/** The examples of docs/API.md, as they stand there. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describePeer } from '../../support/peers.ts';
import { makeHttpEngine } from '../../support/http-engine.ts';

const page = new URL('../../../docs/API.md', import.meta.url);
const run = promisify(execFile);

describePeer('curl', 'the examples of the page about the API', () => {
  test('answer what stands below them', async () => {
    await using engine = await makeHttpEngine();
    const env = {
      ...process.env,
      HOLDFAST_URL: `${engine.origin}/api/v1`,
      HOLDFAST_TOKEN: await engine.token('admin'),
    };
    const text = await readFile(page, 'utf8');
    const examples = [...text.matchAll(/^```sh example\n([\s\S]*?)^```\n\n```json\n([\s\S]*?)^```/gm)];
    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const [, script = '', answer = ''] of examples) {
      const { stdout } = await run('sh', ['-c', script], { env });
      expect(JSON.parse(stdout), script).toMatchObject(JSON.parse(answer) as object);
    }
  });
});
