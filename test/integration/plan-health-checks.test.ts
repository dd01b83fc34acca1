import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { waitForHealth } from '../../electron/engine/recovery/plans/health-checks.ts';
import type { HealthCheck } from '../../shared/model/recovery-plans.ts';
import { startSshServer } from '../support/ssh-server.ts';
import { makeWorkspace } from '../support/workspace.ts';

/** Waits, tells what is wrong to `onProblem`, and collects it. */
function wait(check: HealthCheck, onProblem: (text: string) => void = () => undefined) {
  const stop = new AbortController();
  const told: string[] = [];
  const found = waitForHealth(check, {
    everyMs: 20,
    signal: stop.signal,
    onProblem: (text) => {
      told.push(text);
      onProblem(text);
      return Promise.resolve();
    },
  });
  found.catch(() => undefined);
  return { found, told, stop };
}

test('a command over SSH is asked until it goes well, and no server that shows another key is told anything', async () => {
  await using workspace = await makeWorkspace();
  await using server = await startSshServer(workspace);
  const { port, user, keyFile, fingerprint: hostKey } = server;
  const file = workspace.path('ready');
  const check = { kind: 'ssh', host: '127.0.0.1', port, user, keyFile, hostKey, command: `cat ${file}` } as const;
  const right = wait(check, () => writeFileSync(file, 'yes'));
  await expect(right.found).resolves.toBe(`The command on 127.0.0.1:${port} went well.`);
  expect(right.told[0]).toMatch(/ended with exit code 1: cat: .*No such file/);

  const wrong = wait({ ...check, hostKey: `SHA256:${'A'.repeat(43)}`, command: `touch ${file}-touched` }, () =>
    wrong.stop.abort(),
  );
  await expect(wrong.found).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(wrong.told).toEqual([`127.0.0.1:${port}: it shows the key ${hostKey}, which is not the one that is meant`]);
  await expect(wait({ ...check, keyFile: `${keyFile}-none` }).found).rejects.toMatchObject({
    code: 'PLAN_STEP_FAILED',
  });
});

test('a port is asked until it takes connections', async () => {
  const server = createServer((socket) => void socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const asked = wait({ kind: 'tcp', host: '127.0.0.1', port }, () => void server.listen(port, '127.0.0.1'));
  await expect(asked.found).resolves.toBe(`127.0.0.1:${port} takes connections.`);
  expect(asked.told[0]).toContain('ECONNREFUSED');
  server.close();
});
