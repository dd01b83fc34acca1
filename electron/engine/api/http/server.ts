/** The bare HTTP server: what must have come by when, and how much of it there may be. */
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { HoldfastError, reportError } from '../../../../shared/model/errors.ts';
import type { Certificate } from '../../platform/certificate.ts';
import type { HttpLimits } from './options.ts';

export function createHttpServer(
  listener: RequestListener,
  certificate: Certificate | null,
  limits: HttpLimits,
): Server {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    keepAliveTimeout: 65_000,
    keepAlive: true,
  };
  const server =
    certificate === null
      ? createPlainServer(options, listener)
      : createTlsServer(
          {
            ...options,
            cert: certificate.cert,
            key: certificate.key,
            minVersion: 'TLSv1.2' as const,
            handshakeTimeout: limits.headersTimeoutMs,
          },
          listener,
        );
  server.maxConnections = limits.connections;
  return server;
}

const words: Readonly<Record<string, readonly [status: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not come to its end in time.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers of the request are too large.'],
};

/** For what is no request: Fastify never sees it. */
export function answerBrokenRequest(error: Error, socket: Socket): void {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, message] = words[code] ?? ['400 Bad Request', 'That is no HTTP request.'];
  const body = JSON.stringify(reportError(new HoldfastError('REQUEST_INVALID', message)));
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
