/** The answering end of a line: finds the operation that is asked for, and always answers. */
import type { MessagePort } from 'node:worker_threads';
import type { HoldfastError } from '../../../shared/model/errors.ts';
import { toCatalogError } from './failure.ts';
import { aggregates } from './registry.ts';
import type { Aggregate, Read, Scope, Write } from './operations.ts';
import type { CallReply, CallRequest } from './protocol.ts';

type AnyOperation = (scope: Scope, input: unknown) => unknown;

/** The operation of that name; throws a TypeError where the registry has none. */
export function operationNamed(kind: 'writes' | 'reads', name: string): AnyOperation {
  const [aggregateName = '', operationName = ''] = name.split('.');
  const known: Readonly<Record<string, Aggregate>> = aggregates;
  const group = Object.hasOwn(known, aggregateName) ? known[aggregateName]?.[kind] : undefined;
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
