/** What can be chosen about the HTTP door, and what bounds it. */

/** Where what happens at the door is written down. A logger of pino fits. */
export interface DoorLog {
  info(facts: Readonly<Record<string, unknown>>, message: string): void;
  warn(facts: Readonly<Record<string, unknown>>, message: string): void;
}

export type HttpOptions = {
  /** An address or a name of this machine. Another than loopback needs `tls`: TLS_REQUIRED. */
  readonly host: string;
  /** Null: the one of last time where it is free, else any; 0: any. */
  readonly port: number | null;
  /** Files in PEM. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Where the built console lies; by default where `npm run build:renderer` puts it. */
  readonly rendererFolder?: string;
  readonly log?: DoorLog;
  readonly limits?: Partial<HttpLimits>;
};

export type HttpLimits = {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** Until all headers, and all of a request, must have come. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How often the two are looked after. */
  readonly checkEveryMs: number;
  readonly connections: number;
  /** Under way at the same time, of one session or token. */
  readonly callsPerClient: number;
  readonly streamsPerClient: number;
  readonly signInsPerMinute: number;
};

export const defaultLimits: HttpLimits = {
  bodyBytes: 8 * 1024 * 1024,
  headerBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  checkEveryMs: 2_000,
  connections: 512,
  callsPerClient: 64,
  streamsPerClient: 16,
  signInsPerMinute: 10,
};

export const silentLog: DoorLog = { info: () => undefined, warn: () => undefined };
