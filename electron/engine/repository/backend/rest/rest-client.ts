/** One request to a REST server and its answer, and in our words what kept one from coming. */
import { request as plainRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { HoldfastError, toHoldfastError } from '../../../../../shared/model/errors.ts';
import { Room } from '../../../platform/room.ts';
import { paceSliceBytes, type Pace } from '../../../platform/network-throttle.ts';
import { agentFor, type ServerIdentity } from '../../../platform/pinned-agent.ts';

export type RestServer = ServerIdentity & {
  /** Of the repository, with a slash at its end, without user and password. */
  readonly url: string;
  /** Null: nobody signs in. */
  readonly user: string | null;
  /** Asked for each request, so that a changed one counts. */
  readonly password: () => Promise<string | null>;
  /** What the bytes of stored files wait for. */
  readonly pace?: Pace;
};

export type RestRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Below the repository. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

/** Who gets it takes all of its body, or destroys it. */
export type RestAnswer = IncomingMessage & { readonly statusCode: number };

/** As many as restic has; each upload is on one of its own. */
const connections = 8;
/** Also while a server makes durable what it was sent. */
const silenceMs = 120_000;

export class RestClient {
  readonly #url: URL;
  readonly #server: RestServer;
  readonly #agent: Agent;
  readonly #room = new Room(connections);

  constructor(server: RestServer) {
    this.#server = server;
    this.#url = new URL(server.url);
    this.#agent = agentFor(this.#url, server, connections);
  }

  /** REPOSITORY_UNREACHABLE, CERTIFICATE_WRONG. Answers of every status are answers. */
  async ask({ method, path, headers = {}, body }: RestRequest): Promise<RestAnswer> {
    const url = new URL(path, this.#url);
    const signIn = await this.#signIn();
    await this.#room.take(1);
    const request = (url.protocol === 'http:' ? plainRequest : tlsRequest)(url, {
      method,
      agent: this.#agent,
      timeout: silenceMs,
      headers: {
        ...signIn,
        ...headers,
        ...(method === 'POST' && { 'content-length': body?.byteLength ?? 0 }),
      },
    });
    const { promise, resolve, reject } = Promise.withResolvers<RestAnswer>();
    request.once('response', (answer) => {
      // A refusal may come before all is sent; the rest of it is of no use then.
      if (!request.writableFinished && isRefusal(answer)) answer.once('end', () => request.destroy());
      resolve(answer as RestAnswer);
    });
    // When all of the answer was read, or there will be none.
    request.once('close', () => this.#room.giveBack(1));
    request.once('timeout', () => request.destroy(new Error('it fell silent')));
    // Stays after the answer: what breaks then breaks the answer too.
    request.on('error', (error) => reject(this.unreachable(error)));
    if (body === undefined || this.#server.pace === undefined) request.end(body);
    // Whoever ends the pace ends the request.
    else sendPaced(request, body, this.#server.pace).catch((error: Error) => request.destroy(error));
    return promise;
  }

  unreachable(cause: unknown): HoldfastError {
    if (cause instanceof HoldfastError) return cause;
    if (cause instanceof Error && cause.name === 'AbortError') return toHoldfastError(cause);
    const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (isAboutCertificate(code)) {
      const text = `The certificate of ${this.#url.host} is not one that is trusted here: ${words(cause)}.`;
      return new HoldfastError('CERTIFICATE_WRONG', text, { cause });
    }
    return new HoldfastError('REPOSITORY_UNREACHABLE', `${this.#url.host} does not answer: ${words(cause)}.`, {
      cause,
    });
  }

  async #signIn(): Promise<{ readonly authorization?: string }> {
    const { user } = this.#server;
    if (user === null) return {};
    const password = (await this.#server.password()) ?? '';
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}` };
  }
}

function isRefusal({ statusCode }: IncomingMessage): boolean {
  return statusCode !== undefined && statusCode >= 400;
}

/** Codes of OpenSSL's checks, and of Node's for the name. */
function isAboutCertificate(code: string): boolean {
  return /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET|VERIFY)_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/.test(code);
}

function words(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}

/** Ends with the request, whoever ends that. */
async function sendPaced(request: ClientRequest, body: Uint8Array, pace: Pace): Promise<void> {
  for (let at = 0; at < body.length && !request.destroyed; at += paceSliceBytes) {
    const slice = body.subarray(at, at + paceSliceBytes);
    await pace.up(slice.length);
    if (!request.write(slice)) await roomIn(request);
  }
  if (!request.destroyed) request.end();
}

/** Resolves when more can be sent, or nothing can any more. */
function roomIn(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      request.off('drain', go).off('close', go);
      resolve();
    };
    request.on('drain', go).on('close', go);
  });
}
