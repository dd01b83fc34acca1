/** One request and its answer: who asks, what it has cost so far, and how it is refused. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SiteLimits } from './limits.ts';

export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Who asks waits for a word before it sends the body. */
  readonly expectsContinue: boolean;
  /** Bytes of bodies. */
  received: number;
  sent: number;
};

/** Why a request is not done, for whoever sent it. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

export function answerText({ response }: Exchange, status: number, text: string): void {
  const body = `${text}\n`;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

export function answerJson({ response }: Exchange, answer: object): void {
  const body = JSON.stringify(answer);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

/** Undefined where it is no JSON. Throws a `Refusal` where it is longer than it may be. */
export async function jsonOf(
  exchange: Exchange,
  limits: Pick<SiteLimits, 'windowMs' | 'bytesPerWindow'>,
  longestBytes: number,
): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of bodyOf(exchange, limits)) {
    bytes += chunk.length;
    if (bytes > longestBytes) throw new Refusal(413, 'It is larger than such a request can be.');
    parts.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What is sent must come at some pace: time counts only while this end waits for the other. */
export async function* bodyOf(
  exchange: Exchange,
  { windowMs, bytesPerWindow }: Pick<SiteLimits, 'windowMs' | 'bytesPerWindow'>,
): AsyncGenerator<Buffer> {
  const { request, response, expectsContinue } = exchange;
  if (expectsContinue) response.writeContinue();
  const chunks = request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let waitedMs = 0;
  let bytes = 0;
  for (;;) {
    const from = performance.now();
    const slow = (): void => void request.destroy(new Refusal(408, 'What was to come did not come in time.'));
    const timer = setTimeout(slow, Math.max(0, windowMs - waitedMs));
    const step = await chunks.next().finally(() => clearTimeout(timer));
    if (step.done === true) break;
    waitedMs += performance.now() - from;
    bytes += step.value.length;
    exchange.received += step.value.length;
    if (bytes >= bytesPerWindow) [waitedMs, bytes] = [0, 0];
    yield step.value;
  }
  if (!request.complete) throw new Refusal(400, 'The request did not come to its end.');
}
