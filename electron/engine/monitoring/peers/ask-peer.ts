/** One question to another console, over its REST API: no redirect is followed, and what it answers is bounded and JSON. */
import { request as plainRequest, type Agent, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';

export type Question = {
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly body?: object;
};

export type PeerAddress = {
  readonly url: string;
  readonly token: string;
  readonly agent: Agent;
};

const timeoutMs = 20_000;
/** What ten thousand sources come to, with room. */
const maximumBytes = 16 * 1024 * 1024;

/** PEER_UNREACHABLE, PEER_REFUSED, PEER_STRANGE, CERTIFICATE_WRONG. */
export async function askPeer(address: PeerAddress, question: Question, signal: AbortSignal): Promise<unknown> {
  const text = await tellPeer(address, question, signal);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw strange(`it answers ${question.path} with something that is not JSON`, error);
  }
}

export function strange(what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('PEER_STRANGE', `What answers is no Holdfast of a version this one understands: ${what}.`, {
    cause,
  });
}

/** The answer as text. PEER_UNREACHABLE, PEER_REFUSED, PEER_STRANGE, CERTIFICATE_WRONG. */
export async function tellPeer(
  address: PeerAddress,
  { method, path, body }: Question,
  signal: AbortSignal,
): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const target = new URL(`/api/v1${path}`, address.url);
  const send = target.protocol === 'https:' ? tlsRequest : plainRequest;
  const sent = body === undefined ? null : JSON.stringify(body);
  const answered = Promise.withResolvers<IncomingMessage>();
  const asking = send(
    target,
    {
      method,
      agent: address.agent,
      signal: limit,
      headers: {
        authorization: `Bearer ${address.token}`,
        accept: 'application/json, text/event-stream',
        'user-agent': 'holdfast',
        ...(sent !== null && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
      },
    },
    answered.resolve,
  );
  asking.on('error', answered.reject);
  asking.end(sent ?? undefined);
  try {
    const answer = await answered.promise;
    const text = await bodyOf(answer);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return text;
    throw refusal(status, text);
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    if (signal.aborted) throw new HoldfastError('CANCELLED', 'Asking was stopped.');
    const why = limit.aborted ? `it did not answer within ${timeoutMs / 1000} s` : toHoldfastError(error).message;
    throw new HoldfastError('PEER_UNREACHABLE', `${target.origin} could not be asked: ${why}.`, { cause: error });
  }
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    // Leaving the loop ends the connection.
    if (bytes > maximumBytes) throw strange('its answer is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function refusal(status: number, text: string): HoldfastError {
  const said = messageIn(text);
  if (status === 401)
    return new HoldfastError('PEER_REFUSED', 'It does not take the token: revoked, expired, or of another console.');
  if (status === 403) return new HoldfastError('PEER_REFUSED', `The token may not do that there.${said}`);
  if (status >= 500) return new HoldfastError('PEER_UNREACHABLE', `It answered ${status}.${said}`);
  if (status >= 400 && said !== '') return new HoldfastError('PEER_REFUSED', `It did not do it.${said}`);
  return strange(`it answered ${status}`);
}

/** ` It says: …`, where it is the form in which a Holdfast reports failures. */
function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' && message !== '' ? ` It says: ${message.slice(0, 500)}` : '';
  } catch {
    return '';
  }
}
