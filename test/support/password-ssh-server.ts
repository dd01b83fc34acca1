/** An SSH server that lets one account in by its password, and has nothing else: real ones ask the system for passwords. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';

export type PasswordServer = AsyncDisposable & {
  readonly port: number;
  readonly fingerprint: string;
  /** How many were let in. */
  entered(): number;
};

export async function startPasswordServer(
  method: 'password' | 'keyboard-interactive',
  account: { readonly user: string; readonly password: string },
): Promise<PasswordServer> {
  const { hostKey, parsed } = makeHostKey();
  let entered = 0;
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('ready', () => (entered += 1));
    client.on('authentication', (context) => {
      const isUser = context.username === account.user;
      if (context.method !== method) return context.reject([method]);
      if (context.method === 'password') {
        if (isUser && context.password === account.password) return context.accept();
        return context.reject([method]);
      }
      if (context.method !== 'keyboard-interactive') return;
      context.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) => {
        if (isUser && answer === account.password) context.accept();
        else context.reject();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    fingerprint: `SHA256:${createHash('sha256').update(parsed.getPublicSSH()).digest('base64').replace(/=+$/, '')}`,
    entered: () => entered,
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** One in some hundred of those that ssh2 makes it cannot read itself. */
function makeHostKey(): { readonly hostKey: string; readonly parsed: ssh2.ParsedKey } {
  for (let attempt = 0; attempt < 10; attempt++) {
    const { private: hostKey } = ssh2.utils.generateKeyPairSync('ed25519');
    const parsed = ssh2.utils.parseKey(hostKey);
    if (!(parsed instanceof Error) && !Array.isArray(parsed)) return { hostKey, parsed };
  }
  throw new Error('no key was made');
}
