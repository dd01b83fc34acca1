/**
 * Retries that are not carried out twice: what a request with an Idempotency-Key came to is kept for a day in the catalog, and a
 * request with the same key is answered with it. An answer that holds a secret, and a very large one, is not kept: then only
 * that it was done.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { rights, type CallName } from '../../../../shared/contract/rights.ts';
import { errorCatalog, HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { KeyedRow } from '../../catalog/idempotency.ts';
import { statusOf } from './failure.ts';
import { isStream, type Client } from './live-calls.ts';
import { packError } from '../socket/travelling-error.ts';

/** Calls whose answer is the one place where a secret ever stands. */
export const secretAnswers: ReadonlySet<CallName> = new Set<CallName>([
  'tokens.create',
  'console.link',
  'peers.link',
  'siteServer.add',
  'siteServer.update',
  'siteServer.invite',
  'siteServer.readCode',
]);

const maximumAnswer = 256 * 1024;
const keyPattern = /^[\x21-\x7e]{1,255}$/;
/** What refuses before anything is begun, or for the moment: the key is free again. */
const freeing: ReadonlySet<number> = new Set([400, 401, 403, 404, 413, 423, 429, 503]);
/** The engine ended in the middle: nobody knows. */
const unknown: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ENGINE_STOPPED', 'ENGINE_LOST']);

export type KeyedCall = {
  readonly client: Client;
  readonly path: readonly string[];
  readonly input: unknown;
  readonly key: string;
};

export type KeyedAnswer = {
  readonly answer: unknown;
  /** It is that of an earlier request. */
  readonly replayed: boolean;
};

type Kept = {
  readonly events?: readonly unknown[];
  readonly value?: unknown;
  readonly error?: { code: ErrorCode; message: string };
};

export class Idempotency {
  readonly #catalog: Catalog;
  readonly #engine = randomBytes(8).toString('hex');

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Whether a key means anything to a call: what only looks may be asked as often as one likes. */
  static counts(path: readonly string[]): boolean {
    const call = path.join('.');
    return !Object.hasOwn(rights, call) || rights[call as CallName] !== 'read';
  }

  /** As `carryOut` answers. REQUEST_INVALID, IDEMPOTENCY_KEY_USED, IDEMPOTENCY_UNDER_WAY, IDEMPOTENCY_DONE, IDEMPOTENCY_UNKNOWN. */
  async once(call: KeyedCall, carryOut: () => Promise<unknown>): Promise<KeyedAnswer> {
    const { client, path, input, key } = call;
    if (!keyPattern.test(key))
      throw new HoldfastError(
        'REQUEST_INVALID',
        'An Idempotency-Key has 1 to 255 printable characters without spaces.',
      );
    const { caller } = client.calling;
    const name = path.join('.');
    const keyed = { client: client.key, keyHash: createHash('sha256').update(key).digest('hex') };
    // What signs in is kept nowhere: without it nobody finds out by guessing what an input held.
    const fingerprint = createHmac('sha256', client.proof)
      .update(`${name}\n${JSON.stringify(input)}`)
      .digest('hex');
    const atMs = Date.now();
    const request = { ...keyed, call: name, fingerprint, engine: this.#engine, atMs };
    const known = await this.#catalog.write('idempotency.begin', caller, request);
    if (known !== null) return { answer: this.#replay(known, request), replayed: true };
    const end = async (state: 'done' | 'failed', kept: Kept): Promise<void> => {
      const text = secretAnswers.has(name as CallName) && state === 'done' ? null : JSON.stringify(kept);
      const answer = text === null || text.length > maximumAnswer ? null : text;
      await this.#catalog.write('idempotency.end', caller, { ...keyed, state, answer, atMs: Date.now() });
    };
    const fail = async (error: unknown, events: readonly unknown[]): Promise<void> => {
      const { code, message } = packError(error).report;
      if (unknown.has(code)) return;
      if (events.length === 0 && freeing.has(statusOf(code)))
        await this.#catalog.write('idempotency.release', caller, keyed);
      else await end('failed', { events, error: { code, message } });
    };
    try {
      const answer = await carryOut();
      if (isStream(answer)) {
        const left = (): Promise<void> =>
          fail(new HoldfastError('CANCELLED', 'Whoever asked for it left at once.'), []);
        return { answer: begunOrLeft(noted(answer, end, fail), left), replayed: false };
      }
      await end('done', { value: answer });
      return { answer, replayed: false };
    } catch (error) {
      await fail(error, []);
      throw error;
    }
  }

  #replay(
    { call, fingerprint, engine, state, answer }: KeyedRow,
    asked: { call: string; fingerprint: string },
  ): unknown {
    if (call !== asked.call || fingerprint !== asked.fingerprint)
      throw new HoldfastError('IDEMPOTENCY_KEY_USED', `That key stands for another request, of ${call}.`);
    if (state === 'running' && engine === this.#engine)
      throw new HoldfastError('IDEMPOTENCY_UNDER_WAY', `The request with that key, of ${call}, is under way.`);
    if (state === 'running')
      throw new HoldfastError('IDEMPOTENCY_UNKNOWN', `The engine ended while ${call} was under way.`);
    if (answer === null) throw new HoldfastError('IDEMPOTENCY_DONE', `${call} was carried out with that key before.`);
    const { events, value, error } = JSON.parse(answer) as Kept;
    const failure = error === undefined ? null : new HoldfastError(codeOf(error), error.message);
    if (events !== undefined && events.length > 0) return again(events, failure);
    if (failure !== null) throw failure;
    return events === undefined ? value : again(events, null);
  }
}

/** A code of a later version is none of ours. */
function codeOf({ code }: { readonly code: ErrorCode }): ErrorCode {
  return Object.hasOwn(errorCatalog, code) ? code : 'INTERNAL';
}

/** The same events; what is kept of them is the id of the job, and how it ended. */
async function* noted(
  stream: AsyncIterable<unknown>,
  end: (state: 'done' | 'failed', kept: Kept) => Promise<void>,
  fail: (error: unknown, events: readonly unknown[]) => Promise<void>,
): AsyncGenerator {
  const events: unknown[] = [];
  let isOver = false;
  try {
    for await (const event of stream) {
      if (isKept(event)) events.push(event);
      yield event;
    }
    isOver = true;
    await end('done', { events });
  } catch (error) {
    isOver = true;
    await fail(error, events);
    throw error;
  } finally {
    if (!isOver) await fail(new HoldfastError('CANCELLED', 'Whoever asked for it left before its end.'), events);
  }
}

/** A generator that nobody has begun to read ends without a word when it is left. */
function begunOrLeft(events: AsyncGenerator, left: () => Promise<void>): AsyncIterableIterator<unknown> {
  let isBegun = false;
  const stream: AsyncIterableIterator<unknown> = {
    next: () => {
      isBegun = true;
      return events.next();
    },
    return: async () => {
      if (!isBegun) await left();
      return events.return(undefined);
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}

function isKept(event: unknown): boolean {
  return (
    typeof event === 'object' && event !== null && 'type' in event && (event.type === 'job' || event.type === 'done')
  );
}

async function* again(events: readonly unknown[], failure: Error | null): AsyncGenerator {
  yield* events;
  if (failure !== null) throw failure;
}
