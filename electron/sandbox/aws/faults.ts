/** What goes wrong on demand: answers in place of the true ones, and true answers that come late, cut or not at all. */
import { type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Dice } from '../dice.ts';
import { Refusal, type Service, type ServiceName } from './service.ts';

export type FaultMatch = {
  readonly service?: ServiceName;
  /** `GetObject`, `/^Describe/`. */
  readonly operation?: string | RegExp;
  /** Held against the path with its query, as it was asked. */
  readonly path?: RegExp;
  readonly accessKeyId?: string;
};

export type FaultAnswer =
  | 'throttle'
  | 'internal-error'
  | 'reset'
  | {
      readonly refuse: {
        readonly status: number;
        readonly code: string;
        readonly message?: string;
        /** Beside the message, as some services have them. */
        readonly fields?: Readonly<Record<string, string>>;
      };
    }
  /** The true answer, of which only so many bytes of the body come before the connection is reset. */
  | { readonly resetAfterBytes: number }
  /** The true answer, which ends after so many bytes of the body as if that were all. */
  | { readonly truncateAfterBytes: number }
  /** The true answer, later. */
  | { readonly delayMs: number };

export type FaultOptions = {
  /** How often; for ever by default. */
  readonly times?: number;
  /** 0 to 1, by dice that fall the same for the same seed; always by default. */
  readonly chance?: number;
};

type Fault = { readonly match: FaultMatch; readonly answer: FaultAnswer; readonly chance: number; left: number };

export type Met = {
  readonly service: Service;
  readonly operation: string | null;
  readonly path: string;
  readonly accessKeyId: string | null;
};

export class Faults {
  readonly #faults = new Set<Fault>();
  readonly #dice: Dice;

  constructor(seed: number) {
    this.#dice = new Dice(seed);
  }

  /** Dispose of what it gives to have the true answers again. */
  add(match: FaultMatch, answer: FaultAnswer, options: FaultOptions): Disposable {
    const { times = Number.POSITIVE_INFINITY, chance = 1 } = options;
    const fault: Fault = { match, answer, chance, left: times };
    this.#faults.add(fault);
    return { [Symbol.dispose]: () => void this.#faults.delete(fault) };
  }

  /** Whether there is nothing more to answer. Throws a `Refusal` for an answer in the service's shape. */
  async meet(met: Met, response: ServerResponse, signal: AbortSignal): Promise<boolean> {
    const fault = [...this.#faults].findLast((one) => isFor(one.match, met) && this.#dice.next() < one.chance);
    if (fault === undefined) return false;
    fault.left -= 1;
    if (fault.left <= 0) this.#faults.delete(fault);
    const { answer } = fault;
    if (answer === 'throttle') throw met.service.throttled();
    if (answer === 'internal-error') {
      throw new Refusal(500, 'InternalError', 'We encountered an internal error. Please try again.');
    }
    if (answer === 'reset') {
      response.socket?.resetAndDestroy();
      return true;
    }
    if ('refuse' in answer) {
      const { status, code, message = code, fields = {} } = answer.refuse;
      throw new Refusal(status, code, message, { fields });
    }
    if ('delayMs' in answer) await sleep(answer.delayMs, undefined, { signal });
    if ('resetAfterBytes' in answer) cutAfter(response, answer.resetAfterBytes, 'reset');
    if ('truncateAfterBytes' in answer) cutAfter(response, answer.truncateAfterBytes, 'end');
    return false;
  }
}

function isFor({ service, operation, path, accessKeyId }: FaultMatch, met: Met): boolean {
  if (service !== undefined && service !== met.service.name) return false;
  if (accessKeyId !== undefined && accessKeyId !== met.accessKeyId) return false;
  if (path !== undefined && met.path.search(path) === -1) return false;
  if (operation === undefined) return true;
  return typeof operation === 'string' ? operation === met.operation : (met.operation ?? '').search(operation) !== -1;
}

function cutAfter(response: ServerResponse, bytes: number, how: 'reset' | 'end'): void {
  const { socket } = response;
  let left = bytes;
  const [write, end] = [response.write.bind(response), response.end.bind(response)];
  const isCut = (chunk: unknown): boolean => {
    const whole = Buffer.from(chunk as Uint8Array | string);
    const part = whole.subarray(0, left);
    left -= part.length;
    const goOn = (): void => void (how === 'reset' ? socket?.resetAndDestroy() : socket?.end());
    if (part.length === whole.length) return !write(part);
    write(part, goOn);
    return true;
  };
  response.write = ((chunk: unknown) => !isCut(chunk)) as typeof response.write;
  response.end = ((chunk?: unknown) => {
    if (chunk !== undefined && typeof chunk !== 'function' && isCut(chunk)) return response;
    return end();
  }) as typeof response.end;
}
