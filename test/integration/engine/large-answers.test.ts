import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Connection } from '../../../electron/engine/api/socket/connection.ts';
import { ByteBudget } from '../../../electron/engine/api/socket/frames.ts';
import { protocolVersion } from '../../../electron/engine/api/socket/protocol.ts';
import { RemoteEngine } from '../../../electron/engine/api/socket/remote-engine.ts';
import { makeWorkspace } from '../../support/workspace.ts';

test('answers that a client takes more slowly than they come leave nothing waiting on its socket', async () => {
  await using workspace = await makeWorkspace();
  const caller = { tenant: 'default', actor: 'test' };
  const served: { socket: Socket; connection: Connection }[] = [];
  const server = createServer((socket) => {
    const connection = new Connection(socket, {
      hello: {
        type: 'hello',
        protocol: protocolVersion,
        version: 'test',
        kind: 'serve',
        pid: process.pid,
        place: '',
        working: false,
      },
      procedures: () => Promise.resolve('x'.repeat(4 * 1024 * 1024)),
      budget: new ByteBudget(64 * 1024 * 1024),
      refusesCalls: () => false,
      onCalls: () => undefined,
    });
    served.push({ socket, connection });
  });
  server.listen(join(workspace.root, 'sock'));
  await once(server, 'listening');
  const socket = connect(join(workspace.root, 'sock'));
  const engine = new RemoteEngine(socket);
  await engine.greet(caller);
  const closing = (): number => served[0]?.socket.listenerCount('close') ?? 0;
  const before = closing();
  for (let call = 0; call < 20; call += 1) await engine.call(['large'], {}, undefined);
  expect(before).toBeGreaterThan(0);
  expect(closing()).toBeLessThanOrEqual(before + 1);
  engine.close();
  server.close();
});
