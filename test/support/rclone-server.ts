/** `rclone serve restic`: a server of restic's REST protocol that is not ours, on loopback, for the length of a test. */
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeFailure, start } from './processes.ts';
import { removeFolder } from './workspace.ts';

export type RcloneServer = AsyncDisposable & {
  /** With a slash at its end. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** What it serves. */
  readonly folder: string;
};

export async function startRclone(options: { readonly appendOnly?: boolean } = {}): Promise<RcloneServer> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-rclone-'));
  const folder = join(root, 'repository');
  const [user, password] = ['office', 'a password for rclone'];
  const port = await freePort();
  const more = options.appendOnly === true ? ['--append-only'] : [];
  const running = start('rclone', ['serve', 'restic', '--addr', `127.0.0.1:${port}`, '--user', user, ...more, folder], {
    env: { HOME: root, RCLONE_CONFIG: join(root, 'rclone.conf'), RCLONE_PASS: password },
  });
  const end = async (): Promise<void> => {
    running.signal('SIGTERM');
    await running.finished;
    await removeFolder(root);
  };
  const url = `http://127.0.0.1:${port}/`;
  for (;;) {
    if (running.child.exitCode !== null) throw new Error(describeFailure(await running.finished));
    const answer = await fetch(url).catch(() => null);
    await answer?.body?.cancel();
    if (answer !== null) break;
    await sleep(20);
  }
  return { url, user, password, folder, [Symbol.asyncDispose]: end };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('no port');
}
