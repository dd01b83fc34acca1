/** A client of a sandboxed GitHub that writes down its notices and waits, and waits no longer than a test wants to. */
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { GitHubClient, type ClientOptions } from '../../electron/engine/sources/github/client.ts';
import { type GitHubCredential } from '../../electron/engine/sources/github/credential.ts';

export type ObservedClient = {
  readonly client: GitHubClient;
  readonly notices: readonly string[];
  /** Milliseconds, as they were asked for. */
  readonly waits: readonly number[];
  readonly stop: AbortController;
};

export async function clientOf(
  api: string,
  credential: string | GitHubCredential,
  options: Partial<ClientOptions> = {},
): Promise<ObservedClient> {
  const notices: string[] = [];
  const waits: number[] = [];
  const stop = new AbortController();
  const client = await GitHubClient.open({
    api,
    credential: typeof credential === 'string' ? { kind: 'token', token: credential } : credential,
    signal: stop.signal,
    onNotice: (text) => notices.push(text),
    sleep: async (ms) => void waits.push(ms),
    retryMs: 1,
    ...options,
  });
  return { client, notices, waits, stop };
}

export type HttpPlace = AsyncDisposable & { readonly origin: string };

/** A server that answers as the test says. */
export async function serveHttp(listener: RequestListener): Promise<HttpPlace> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
