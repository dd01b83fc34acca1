/** The bare server: how many may connect, how much they may send before they say what they want, and by when. */
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { Certificate } from '../../platform/certificate.ts';
import type { SiteLimits } from './limits.ts';

export type Handle = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void;

/** What is left of a body that nobody wants, taken so that the answer arrives. */
const lingerBytes = 64 * 1024 * 1024;
const lingerMs = 10_000;

export function createSiteListener(certificate: Certificate | null, limits: SiteLimits, handle: Handle): Server {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    // A large pack over a slow line takes its time; its pace is looked after where it is read.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(2_000, limits.headersTimeoutMs),
    keepAliveTimeout: 65_000,
    keepAlive: true,
    noDelay: true,
  };
  const tls = { minVersion: 'TLSv1.2' as const, handshakeTimeout: limits.headersTimeoutMs };
  const server =
    certificate === null
      ? createPlainServer(options)
      : createTlsServer({ ...options, ...tls, cert: certificate.cert, key: certificate.key });
  server.maxConnections = limits.connections;
  server.timeout = limits.silenceMs;
  const take =
    (expectsContinue: boolean) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      response.once('finish', () => linger(request));
      handle(request, response, expectsContinue);
    };
  server.on('request', take(false));
  server.on('checkContinue', take(true));
  server.on('clientError', (error: Error, socket: Socket) => {
    const code = 'code' in error ? error.code : null;
    if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`, () => socket.destroy());
  });
  return server;
}

/** The port it listens at. LISTEN_FAILED. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const inUse = 'code' in cause && cause.code === 'EADDRINUSE';
      const why = inUse ? 'something else listens there' : toHoldfastError(cause).message;
      const text = `The site cannot be served at port ${port} of ${host}: ${why}.`;
      reject(new HoldfastError('LISTEN_FAILED', text, { cause }));
    });
    server.listen(port, host, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

/** A connection that is closed while something comes in may lose the answer on its way. */
function linger(request: IncomingMessage): void {
  if (request.complete) return;
  const { socket } = request;
  let bytes = 0;
  const cut = (): void => void socket.destroy();
  const timer = setTimeout(cut, lingerMs).unref();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > lingerBytes) cut();
  });
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.resume();
}
