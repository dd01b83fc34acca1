/** The answering end of a line: finds the operation that is asked for, and always answers. */
import type { MessagePort } from 'node:worker_threads';
import type { HoldfastError } from '../../../shared/model/errors.ts';
import { toCatalogError } from './failure.ts';
import { aggregates } from './registry.ts';
import type { Aggregate, Read, Scope, Write } from './operations.ts';
import type { CallReply, CallRequest } from './protocol.ts';

type AnyOperation = (scope: Scope, input: unknown) => unknown;

/** Those that have been asked for; null where there is none of that name. */
const loaded = new Map<string, Aggregate | null>();

/**
 * What comes in, in its order, each call once its aggregate is loaded: most commands ask few of them, and to load all
 * takes a thread longer than to answer.
 */
export class InOrder {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  take(call: CallRequest | null, work: () => void): void {
    const aggregate = call === null ? null : aggregateOf(call.name);
    if (this.#waiting === 0 && (aggregate === null || loaded.has(aggregate))) {
      work();
      return;
    }
    this.#waiting += 1;
    this.#last = this.#after(this.#last, aggregate, work);
  }

  async #after(before: Promise<void>, aggregate: string | null, work: () => void): Promise<void> {
    await before;
    // What cannot be loaded is answered like what there is not.
    if (aggregate !== null) await load(aggregate).catch(() => undefined);
    this.#waiting -= 1;
    work();
  }
}

async function load(name: string): Promise<void> {
  if (loaded.has(name)) return;
  const known: Readonly<Record<string, () => Promise<Aggregate>>> = aggregates;
  loaded.set(name, Object.hasOwn(known, name) ? ((await known[name]?.()) ?? null) : null);
}

function aggregateOf(name: string): string {
  return name.split('.')[0] ?? '';
}

/** The operation of that name, of an aggregate that is loaded; throws a TypeError where the registry has none. */
export function operationNamed(kind: 'writes' | 'reads', name: string): AnyOperation {
  const group = loaded.get(aggregateOf(name))?.[kind];
  const operationName = name.split('.')[1] ?? '';
  const operation: Write<never, unknown> | Read<never, unknown> | undefined =
    group !== undefined && Object.hasOwn(group, operationName) ? group[operationName] : undefined;
  if (operation === undefined) throw new TypeError(`the catalog has no ${kind} called ${name}`);
  return operation as AnyOperation;
}

export function answer(port: MessagePort, call: number, value: unknown, wasLong = false): void {
  try {
    port.postMessage({ call, value, ...(wasLong && { wasLong }) } satisfies CallReply);
  } catch (error) {
    // What cannot travel is a fault of the operation.
    answerError(port, call, toCatalogError(error));
  }
}

export function answerError(port: MessagePort, call: number, { code, message }: HoldfastError): void {
  port.postMessage({ call, error: { code, message } } satisfies CallReply);
}

export function isCall(message: { readonly type: string }): message is CallRequest {
  return message.type === 'call';
}
