/** Connections to one server that are kept open; those under TLS only to the server that is meant. */
import { Agent as PlainAgent, type AgentOptions } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import { HoldfastError } from '../../../../../shared/model/errors.ts';

export type ServerIdentity = {
  /** SHA-256 of the one certificate that is taken, 64 hexadecimal digits; who signed it is not asked then. */
  readonly fingerprint: string | null;
  /** Certificates of authorities, as PEM, in place of those of the system. */
  readonly authority: string | null;
};

const connectTimeoutMs = 15_000;

export function agentFor(url: URL, identity: ServerIdentity, maxSockets: number): PlainAgent {
  const options = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, scheduling: 'lifo' } as const;
  if (url.protocol === 'http:') return new PlainAgent(options);
  return identity.fingerprint === null
    ? new TlsAgent({ ...options, ...(identity.authority !== null && { ca: identity.authority }) })
    : new PinnedAgent(options, identity.fingerprint);
}

/** Not one byte of a request is sent before the certificate is known to be the one. */
class PinnedAgent extends TlsAgent {
  readonly #fingerprint: string;

  constructor(options: AgentOptions, fingerprint: string) {
    super(options);
    this.#fingerprint = fingerprint.toLowerCase();
  }

  override createConnection(
    options: ConnectionOptions,
    done: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    // Nothing of an earlier session: with it the server need not prove anew who it is.
    const socket = connect({ ...options, rejectUnauthorized: false, session: undefined });
    const end = (error: Error | null): void => {
      clearTimeout(timer);
      socket.off('error', end);
      if (error !== null) socket.destroy();
      done(error, socket);
    };
    const timer = setTimeout(
      () => end(Object.assign(new Error('it did not answer'), { code: 'ETIMEDOUT' })),
      connectTimeoutMs,
    );
    socket.once('error', end);
    socket.once('secureConnect', () => end(this.#refusal(socket)));
    return undefined;
  }

  #refusal(socket: TLSSocket): HoldfastError | null {
    const shown = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase() ?? 'none';
    if (shown === this.#fingerprint) return null;
    const text = `The server shows the certificate ${shown}, and ${this.#fingerprint} is the one that is meant.`;
    return new HoldfastError('CERTIFICATE_WRONG', text);
  }
}
