/** What can be chosen about the site server, and what bounds it. */
import type { FileType } from '../../repository/backend/backend.ts';

/** Where is written down what happens at the door. */
export interface SiteLog {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

export type SiteServerOptions = {
  /** An address or a name of this machine. Another than loopback needs TLS: TLS_REQUIRED. */
  readonly host: string;
  /** Null: `defaultSitePort`; 0: any. */
  readonly port: number | null;
  /** Files in PEM; `own`: a certificate that the home keeps; null: none, on loopback alone. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | 'own' | null;
  readonly limits?: Partial<SiteLimits>;
};

/** That of restic's own server. */
export const defaultSitePort = 8000;

const mebibyte = 1024 * 1024;

export type SiteLimits = {
  readonly headerBytes: number;
  readonly headersTimeoutMs: number;
  /** Of a connection on which nothing happens. */
  readonly silenceMs: number;
  readonly connections: number;
  /** Of one user at the same time. */
  readonly requestsPerUser: number;
  readonly uploadsPerUser: number;
  /** An upload that brings less in such a window is cut off. */
  readonly windowMs: number;
  readonly bytesPerWindow: number;
  /** Of one address: wrong passwords, and codes that are tried. */
  readonly failuresPerMinute: number;
  readonly bodyBytes: Readonly<Record<FileType, number>>;
};

/** The largest pack that restic makes has 128 MiB and one blob more; all else is much smaller than what is taken. */
export const defaultSiteLimits: SiteLimits = {
  headerBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  silenceMs: 120_000,
  connections: 256,
  requestsPerUser: 64,
  uploadsPerUser: 32,
  windowMs: 30_000,
  bytesPerWindow: 64 * 1024,
  failuresPerMinute: 30,
  bodyBytes: {
    config: mebibyte,
    keys: mebibyte,
    locks: mebibyte,
    snapshots: 64 * mebibyte,
    index: 256 * mebibyte,
    data: 1024 * mebibyte,
  },
};
