/** Answers that a test has scripted in place of the true ones. */
import { type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export type FaultMatch = {
  /** Held against the path with its query, as it was asked: `/api/v3/repos/acme/tools`, `/acme/tools.git/info/refs?…`. */
  readonly path: RegExp;
  readonly method?: string;
};

export type FaultAnswer =
  | {
      /** Without one, the true answer comes after the delay. */
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      /** How often; for ever by default. */
      readonly times?: number;
      readonly delayMs?: number;
    }
  | {
      /** The connection is reset, after as many bytes of the true answer as there are to be (none by default). */
      readonly resetAfterBytes: number;
      readonly times?: number;
    }
  | {
      /** The connection is reset once as many bytes of the body that is sent have come. */
      readonly cutUploadAfterBytes: number;
      readonly times?: number;
    }
  | 'reset';

type Fault = { readonly match: FaultMatch; readonly answer: Exclude<FaultAnswer, 'reset'>; left: number };

export class Faults {
  readonly #faults = new Set<Fault>();

  /** Dispose of what it gives to have the true answers again. */
  add(match: FaultMatch, answer: FaultAnswer): Disposable {
    const given = answer === 'reset' ? { resetAfterBytes: 0 } : answer;
    const fault: Fault = { match, answer: given, left: given.times ?? Number.POSITIVE_INFINITY };
    this.#faults.add(fault);
    return { [Symbol.dispose]: () => void this.#faults.delete(fault) };
  }

  /** Whether the request was answered. The fault that was scripted last goes first. Rejects when `signal` says so. */
  async serve(method: string, path: string, response: ServerResponse, signal: AbortSignal): Promise<boolean> {
    const fault = [...this.#faults].findLast(({ match }) => isFor(match, method, path));
    if (fault === undefined) return false;
    fault.left -= 1;
    if (fault.left <= 0) this.#faults.delete(fault);
    const { answer } = fault;
    if ('resetAfterBytes' in answer) return resetAfter(response, answer.resetAfterBytes);
    if ('cutUploadAfterBytes' in answer) return cutUploadAfter(response, answer.cutUploadAfterBytes);
    if (answer.delayMs !== undefined) await sleep(answer.delayMs, undefined, { signal });
    if (answer.status === undefined) return false;
    const { headers, text } = contentOf(answer.status, answer.body);
    response.writeHead(answer.status, { ...headers, ...answer.headers }).end(text);
    return true;
  }
}

function isFor({ path, method }: FaultMatch, askedMethod: string, askedPath: string): boolean {
  return (method === undefined || method === askedMethod) && askedPath.search(path) !== -1;
}

function resetAfter(response: ServerResponse, bytes: number): boolean {
  const { socket } = response;
  if (bytes === 0) {
    socket?.resetAndDestroy();
    return true;
  }
  let left = bytes;
  const [write, end] = [response.write.bind(response), response.end.bind(response)];
  const cut = (chunk: unknown): boolean => {
    if (left <= 0) return true;
    const part = Buffer.from(chunk as Uint8Array | string).subarray(0, left);
    left -= part.length;
    const isRoom = write(part);
    if (left <= 0) socket?.resetAndDestroy();
    return isRoom;
  };
  response.write = cut as typeof response.write;
  response.end = ((chunk?: unknown) => {
    if (chunk !== undefined) cut(chunk);
    return left > 0 ? end() : response;
  }) as typeof response.end;
  return false;
}

/** The handler sees a body that ends in the middle. */
function cutUploadAfter({ req, socket }: ServerResponse, bytes: number): boolean {
  let left = bytes;
  const push = req.push.bind(req);
  req.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    left -= chunk instanceof Uint8Array ? chunk.length : 0;
    if (left >= 0) return push(chunk, encoding);
    socket?.resetAndDestroy();
    return false;
  };
  return false;
}

const words: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too many requests',
  451: 'Repository access blocked',
};

function contentOf(status: number, body: unknown): { headers: Record<string, string>; text: string } {
  if (typeof body === 'string') return { headers: { 'content-type': 'text/plain; charset=utf-8' }, text: body };
  const block = status === 451 ? { block: { reason: 'dmca', created_at: '2026-01-01T00:00:00Z' } } : {};
  const given = body ?? {
    message: words[status] ?? 'Server Error',
    ...block,
    documentation_url: 'https://docs.github.com/rest',
  };
  return { headers: { 'content-type': 'application/json; charset=utf-8' }, text: JSON.stringify(given) };
}
