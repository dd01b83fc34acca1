/**
 * The one connection to an SFTP server: made when it is first needed, made anew when it was lost, ended when nobody has
 * needed it for a while. It keeps no process alive that has nothing else to do.
 */
import { connect, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import ssh2 from 'ssh2';
import type { HoldfastError } from '../../../../../shared/model/errors.ts';
import type { SftpLocation } from '../../../../../shared/model/location.ts';
import type { BackendAccess } from '../access.ts';
import { PlaceUnreachable } from '../failure.ts';
import { connectFailure } from './failures.ts';
import { hostKeyJudge } from './host-key.ts';
import { signIn } from './sign-in.ts';

const connectMs = 15_000;
/** A server that makes a large file durable may be silent for long. */
const silenceMs = 120_000;
const idleMs = 5 * 60_000;
const keepAliveMs = 15_000;

/** Kinds of host keys, of which a server has several; one that was confirmed is asked for by its kind. */
const hostKeyKinds: readonly (readonly ssh2.ServerHostKeyAlgorithm[])[] = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
];

type Connection = {
  readonly sftp: ssh2.SFTPWrapper;
  readonly socket: Socket;
  /** Rejects when the connection is lost. */
  readonly lost: Promise<never>;
  readonly end: () => void;
};

export class SftpSession {
  readonly #location: SftpLocation;
  readonly #access: BackendAccess;
  #connection: Promise<Connection> | null = null;
  #inUse = 0;
  #idle: NodeJS.Timeout | null = null;

  constructor(location: SftpLocation, access: BackendAccess) {
    this.#location = location;
    this.#access = access;
  }

  /** ACCESS_REFUSED, HOST_KEY_UNKNOWN, HOST_KEY_WRONG, REPOSITORY_UNREACHABLE; and what `work` throws. */
  async use<Result>(work: (sftp: ssh2.SFTPWrapper) => Promise<Result>): Promise<Result> {
    this.#inUse += 1;
    if (this.#idle !== null) clearTimeout(this.#idle);
    try {
      const { sftp, socket, lost } = await this.#connected();
      socket.ref();
      return await Promise.race([work(sftp), lost]);
    } finally {
      this.#inUse -= 1;
      if (this.#inUse === 0) this.#rest();
    }
  }

  #connected(): Promise<Connection> {
    if (this.#connection !== null) return this.#connection;
    const connection = this.#connect();
    this.#connection = connection;
    const forget = (): void => {
      if (this.#connection === connection) this.#connection = null;
    };
    connection.then(({ lost }) => lost.catch(forget), forget);
    return connection;
  }

  #rest(): void {
    const connection = this.#connection;
    if (connection === null) return;
    connection.then(
      ({ socket, end }) => {
        if (this.#inUse > 0) return;
        socket.unref();
        this.#idle = setTimeout(end, idleMs);
        this.#idle.unref();
      },
      () => undefined,
    );
  }

  async #connect(): Promise<Connection> {
    const { fingerprint } = this.#access.settings;
    try {
      return await this.#connectOnce();
    } catch (error) {
      if (fingerprint === undefined || !isWrongKey(error)) throw error;
      // The server may have a further key, of another kind, which it shows first.
      for (const kinds of hostKeyKinds) {
        const found = await this.#connectOnce(kinds).catch(() => null);
        if (found !== null) return found;
      }
      throw error;
    }
  }

  async #connectOnce(hostKeys?: readonly ssh2.ServerHostKeyAlgorithm[]): Promise<Connection> {
    const { host, port, user } = this.#location;
    const username = user ?? userInfo().username;
    const judge = await hostKeyJudge(this.#access.settings.fingerprint, { host, port });
    const ways = await signIn(username, this.#access);
    const client = new ssh2.Client();
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => undefined);
    const ready = Promise.withResolvers<ssh2.SFTPWrapper>();
    let refusal: HoldfastError | null = null;
    const fail = (error: unknown): void => {
      const failure = refusal ?? connectFailure(error, `${host}:${port}`);
      ready.reject(failure);
      lost.reject(failure);
    };
    socket.setTimeout(silenceMs, () => {
      if (this.#inUse > 0) socket.destroy(new Error('it fell silent'));
    });
    client.on('error', fail);
    client.on('close', () => fail(new Error('the connection was closed')));
    client.on('ready', () =>
      client.sftp((error, sftp) => {
        if (error !== undefined) return fail(new Error('it offers no SFTP', { cause: error }));
        sftp.on('error', fail);
        sftp.on('close', () => fail(new Error('the server ended it')));
        ready.resolve(sftp);
      }),
    );
    try {
      client.connect({
        sock: socket,
        username,
        readyTimeout: connectMs,
        authHandler: [...ways],
        hostVerifier: (key: Buffer) => {
          refusal = judge(key);
          return refusal === null;
        },
        ...(hostKeys === undefined ? {} : { algorithms: { serverHostKey: [...hostKeys] } }),
      });
      return { sftp: await ready.promise, socket, lost: lost.promise, end: () => client.end() };
    } catch (error) {
      client.destroy();
      throw error instanceof PlaceUnreachable ? error : connectFailure(error, `${host}:${port}`);
    }
  }
}

function isWrongKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'HOST_KEY_WRONG';
}
