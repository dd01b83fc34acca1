/** One request to a REST server and its answer, and in our words what kept one from coming. */
import { request as plainRequest, type Agent, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import { agentFor, type ServerIdentity } from './pinned-agent.ts';

export type RestServer = ServerIdentity & {
  /** Of the repository, with a slash at its end, without user and password. */
  readonly url: string;
  /** Null: nobody signs in. */
  readonly user: string | null;
  /** Asked for each request, so that a changed one counts. */
  readonly password: () => Promise<string | null>;
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

  constructor(server: RestServer) {
    this.#server = server;
    this.#url = new URL(server.url);
    this.#agent = agentFor(this.#url, server, connections);
  }

  /** REPOSITORY_UNREACHABLE, CERTIFICATE_WRONG. Answers of every status are answers. */
  async ask({ method, path, headers = {}, body }: RestRequest): Promise<RestAnswer> {
    const url = new URL(path, this.#url);
    const request = (url.protocol === 'http:' ? plainRequest : tlsRequest)(url, {
      method,
      agent: this.#agent,
      timeout: silenceMs,
      headers: {
        ...(await this.#signIn()),
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
    request.once('timeout', () => request.destroy(new Error('it fell silent')));
    // Stays after the answer: what breaks then breaks the answer too.
    request.on('error', (error) => reject(this.unreachable(error)));
    request.end(body);
    return promise;
  }

  unreachable(cause: unknown): HoldfastError {
    if (cause instanceof HoldfastError) return cause;
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
