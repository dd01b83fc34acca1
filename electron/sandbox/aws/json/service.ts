/** Services that speak JSON 1.1: the operation is named in a header, and what is asked stands in the body. */
import { type AuthProblem } from '../identity/signature.ts';
import {
  Refusal,
  type Answer,
  type Asked,
  type Call,
  type Operation,
  type Service,
  type ServiceName,
} from '../service.ts';

export type JsonInput = Readonly<Record<string, unknown>>;
/** What the answer holds. Throws a `Refusal`. */
export type JsonHandler = (call: Call, input: JsonInput) => object;

export type JsonParts = {
  readonly name: ServiceName;
  /** Before the operation in `X-Amz-Target`, such as `TrentService`. */
  readonly target: string;
  readonly handlers: Readonly<Record<string, JsonHandler>>;
};

const words: Readonly<Record<AuthProblem, readonly [string, string]>> = {
  missing: ['MissingAuthenticationTokenException', 'Missing Authentication Token'],
  malformed: ['IncompleteSignatureException', 'The authorization header is malformed'],
  'unknown-key': ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
  'bad-token': ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
  'expired-token': ['ExpiredTokenException', 'The security token included in the request is expired'],
  mismatch: ['InvalidSignatureException', 'The request signature we calculated does not match the one provided.'],
  skewed: ['InvalidSignatureException', 'Signature expired: the request is too far from the present.'],
};

export class JsonService implements Service {
  readonly name: ServiceName;
  readonly readsBodies = false;
  readonly #parts: JsonParts;

  constructor(parts: JsonParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  operation({ headers, body }: Asked): Operation {
    const { target, handlers } = this.#parts;
    const named = String(headers['x-amz-target'] ?? '');
    const name = named.startsWith(`${target}.`) ? named.slice(target.length + 1) : '';
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (handler === undefined) throw new Refusal(400, 'UnknownOperationException', '');
    const answer = (call: Call): Answer => ({
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': call.requestId },
      body: JSON.stringify(handler(call, inputIn(body))),
    });
    return { name, action: `${this.name}:${name}`, answer };
  }

  unproven(problem: AuthProblem): Refusal {
    return new Refusal(400, ...words[problem]);
  }

  denied({ arn }: Call['caller'], { action }: Operation): Refusal {
    const text = `User: ${arn} is not authorized to perform: ${action} because no identity-based policy allows it`;
    return new Refusal(400, 'AccessDeniedException', text);
  }

  throttled(): Refusal {
    return new Refusal(400, 'ThrottlingException', 'Rate exceeded');
  }

  refuse({ status, code, message }: Refusal, requestId: string): Answer {
    return {
      status,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
      body: JSON.stringify({ __type: code, message }),
    };
  }
}

export function textIn(input: JsonInput, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '') throw new Refusal(400, 'ValidationException', `${name} is missing`);
  return value;
}

function inputIn(body: Buffer): JsonInput {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null) return value as JsonInput;
  } catch {
    // Told as any other body that is none.
  }
  throw new Refusal(400, 'SerializationException', 'The body is no JSON object.');
}
