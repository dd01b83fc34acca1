/** Answers of AWS with much in them, straight into memory: the kit asks, signs and asks again, and has no part in the bytes. */
import { Readable } from 'node:stream';
import type { DeserializeMiddleware, HttpRequest, MiddlewareStack } from '@aws-sdk/types';
import type { HttpAnswer, HttpTarget } from '../platform/http-line.ts';

/** A command, which is sent once. */
type Command<Input extends object, Output extends object> = {
  readonly middlewareStack: MiddlewareStack<Input, Output>;
};

/**
 * Has the command sent by `ask`, which puts what comes where it belongs. `before`: what of the kit would look at the body, for
 * it is shown none.
 */
export function intoMemory<Input extends object, Output extends object>(
  command: Command<Input, Output>,
  ask: (request: HttpRequest) => Promise<HttpAnswer>,
  before: string | null,
): void {
  const send: DeserializeMiddleware<Input, Output> =
    () =>
    async ({ request }) => {
      const { status, reason, headers, body } = await ask(request as HttpRequest);
      const response = { statusCode: status, reason, headers, body: Readable.from(body === null ? [] : [body]) };
      return { response };
    };
  const place =
    before === null
      ? ({ relation: 'after', toMiddleware: 'deserializerMiddleware' } as const)
      : ({ relation: 'before', toMiddleware: before } as const);
  command.middlewareStack.addRelativeTo(send, { name: 'intoMemory', ...place });
}

export function targetOf({ protocol, hostname, port }: HttpRequest): HttpTarget {
  const isSecure = protocol === 'https:';
  return { isSecure, host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port ?? (isSecure ? 443 : 80) };
}

/** As it was signed: each name and value encoded, in any order. */
export function pathAndQuery({ path, query }: HttpRequest): string {
  const parts = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${encodeUri(name)}=${encodeUri(one)}`),
  );
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}

/** As AWS wants it: whatever is no letter, digit or one of `-._~`. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
