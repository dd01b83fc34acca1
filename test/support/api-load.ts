/** Programs and consoles that ask an engine over HTTP, as many do for long: for the soak test and the benchmark. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { proofHeader } from '../../shared/model/console-proof.ts';

/** What lists ask for. */
export const listCalls: readonly { readonly name: string; readonly method: 'GET' | 'POST'; readonly path: string }[] = [
  { name: 'jobs', method: 'GET', path: '/jobs?limit=50' },
  { name: 'sources', method: 'GET', path: '/sources' },
  { name: 'repositories', method: 'GET', path: '/repositories' },
  { name: 'restore runs', method: 'GET', path: '/restore-runs?limit=50' },
  { name: 'alerts', method: 'POST', path: '/alerts/list' },
  { name: 'snapshots', method: 'POST', path: '/browse/snapshots' },
  { name: 'runs', method: 'POST', path: '/schedule/runs' },
];

export type Answered = { readonly name: string; readonly status: number; readonly ms: number };

/** One program with a token, which keeps its connection. */
export class LoadClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(origin: string, headers: Readonly<Record<string, string>>) {
    this.#origin = origin;
    this.#headers = headers;
  }

  async list(turn: number, bodies: Readonly<Record<string, unknown>>): Promise<Answered> {
    const call = listCalls[turn % listCalls.length] ?? listCalls[0];
    if (call === undefined) throw new Error('there are no calls');
    const body = call.method === 'POST' ? (bodies[call.name] ?? {}) : undefined;
    const began = performance.now();
    const { status } = await this.ask(call.method, `/api/v1${call.path}`, body);
    return { name: call.name, status, ms: performance.now() - began };
  }

  ask(
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; text: string }> {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const headers = { ...this.#headers, ...more, ...(content !== undefined && { 'content-type': 'application/json' }) };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.#origin), { method, headers, agent: this.#agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.once('error', reject);
      });
      sent.once('error', reject);
      sent.end(content);
    });
  }

  /** Reads a stream until `signal` fires, and leaves it as a program does that ends: without a word. Bytes read. */
  async follow(path: string, signal: AbortSignal): Promise<number> {
    let bytes = 0;
    await new Promise<void>((resolve) => {
      const headers = { ...this.#headers };
      const sent = request(new URL(path, this.#origin), { headers, agent: false }, (answer) => {
        answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
        answer.once('close', resolve);
        answer.once('error', () => resolve());
      });
      sent.once('error', () => resolve());
      sent.end();
      signal.addEventListener('abort', () => sent.destroy(), { once: true });
      if (signal.aborted) sent.destroy();
    });
    return bytes;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** Signs a browser in by a link; the headers by which it asks. */
export async function signIn(origin: string, link: string): Promise<Readonly<Record<string, string>>> {
  const answer = await fetch(`${origin}/login`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ secret: new URL(link).hash.slice(1) }),
  });
  if (!answer.ok) throw new Error(`not signed in: ${answer.status} ${await answer.text()}`);
  const { proof } = (await answer.json()) as { proof: string };
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { cookie, [proofHeader]: proof, origin };
}

/** Asks one after the other, a rest between them, until `signal` fires. */
export async function keepAsking(
  client: LoadClient,
  first: number,
  options: {
    readonly restMs: number;
    readonly bodies: Readonly<Record<string, unknown>>;
    readonly signal: AbortSignal;
  },
  answered: (answer: Answered) => void,
): Promise<void> {
  for (let turn = first; !options.signal.aborted; turn++) {
    answered(await client.list(turn, options.bodies));
    await sleep(options.restMs * (0.5 + Math.random()), undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** Of numbers that need not be in order. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
