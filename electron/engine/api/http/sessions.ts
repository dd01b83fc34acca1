/** Who is signed in with a browser: in the file `sessions` of the home, by hashes, so that a page outlives its engine. */
import { join } from 'node:path';
import { z } from 'zod';
import { callerSchema } from '../../../../shared/contract/common.ts';
import { roleSchema } from '../../../../shared/contract/tokens.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { hashOfSecret, newSecretText } from '../../platform/secret-text.ts';
import type { Calling } from '../context.ts';
import type { DoorLog } from './options.ts';

const hourMs = 60 * 60_000;
export const idleMs = 12 * hourMs;
export const absoluteMs = 30 * 24 * hourMs;
/** How much of its last use a session may lose with its engine. */
const noteUseEveryMs = 5 * 60_000;
const maximumSessions = 200;
const maximumFileBytes = 1024 * 1024;

const sessionSchema = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  proof: z.string().regex(/^[0-9a-f]{64}$/),
  ...callerSchema.shape,
  role: roleSchema,
  beganAtMs: z.number(),
  usedAtMs: z.number(),
  /** From where it signed in; sessions of earlier versions do not know. */
  address: z.string().max(100).nullable().default(null),
  browser: z.string().max(100).nullable().default(null),
});
type Session = z.infer<typeof sessionSchema>;
const fileSchema = z.object({ version: z.literal(1), sessions: z.array(sessionSchema) });

/** From where somebody signs in. `agent`: what the browser says of itself, of which only known words are kept. */
export type SignedInFrom = { readonly address: string; readonly agent: string | undefined };

/** As others get to see it. Times are epoch milliseconds. */
export type SessionView = Calling['caller'] & {
  readonly id: string;
  readonly role: Calling['role'];
  readonly beganAtMs: number;
  readonly usedAtMs: number;
  readonly endsAtMs: number;
  readonly address: string | null;
  readonly browser: string | null;
};

/**
 * What a browser keeps of its session. A cookie goes to every port of its host, so to any program of this machine that
 * somebody opens in the same browser; the proof is kept by the console's own origin, which no other port can read.
 */
export type NewSession = { readonly secret: string; readonly proof: string };

export class Sessions {
  readonly #file: string;
  readonly #log: DoorLog;
  readonly #sessions = new Map<string, Session>();
  #notedAtMs = 0;
  #writing: Promise<void> = Promise.resolve();

  static async open(home: string, log: DoorLog): Promise<Sessions> {
    const sessions = new Sessions(join(home, 'sessions'), log);
    await sessions.#read();
    return sessions;
  }

  private constructor(file: string, log: DoorLog) {
    this.#file = file;
    this.#log = log;
  }

  async begin({ caller, role }: Calling, from: SignedInFrom): Promise<NewSession> {
    const secret = newSecretText();
    const proof = newSecretText();
    const now = Date.now();
    this.#sessions.set(hashOfSecret(secret), {
      hash: hashOfSecret(secret),
      proof: hashOfSecret(proof),
      ...caller,
      role,
      beganAtMs: now,
      usedAtMs: now,
      address: from.address.slice(0, 100),
      browser: browserOf(from.agent ?? ''),
    });
    this.#dropOld();
    await this.#write();
    return { secret, proof };
  }

  /** Whether such a session goes on. That alone lets nobody in. */
  isKnown(secret: string): boolean {
    const session = this.#sessions.get(hashOfSecret(secret));
    return session !== undefined && !isOver(session, Date.now());
  }

  /** Whose session it is; null for one that is unknown, was ended, was not used for too long, or has another proof. */
  use(secret: string, proof: string): { readonly calling: Calling; readonly id: string } | null {
    const session = this.#sessions.get(hashOfSecret(secret));
    const now = Date.now();
    if (session === undefined || isOver(session, now) || session.proof !== hashOfSecret(proof)) return null;
    session.usedAtMs = now;
    if (now - this.#notedAtMs > noteUseEveryMs) void this.#write();
    const { tenant, actor, role, hash } = session;
    return { calling: { caller: { tenant, actor }, role }, id: idOf(hash) };
  }

  async end(secret: string): Promise<void> {
    if (this.#sessions.delete(hashOfSecret(secret))) await this.#write();
  }

  /** Of one tenant, the one used last first. */
  list(tenant: string): SessionView[] {
    this.#dropOld();
    return [...this.#sessions.values()]
      .filter((session) => session.tenant === tenant)
      .toSorted((a, b) => b.usedAtMs - a.usedAtMs)
      .map(viewOf);
  }

  /** Null where that tenant has no such session. */
  async revoke(tenant: string, id: string): Promise<SessionView | null> {
    const found = [...this.#sessions.values()].find(({ hash, tenant: its }) => its === tenant && idOf(hash) === id);
    if (found === undefined) return null;
    this.#sessions.delete(found.hash);
    await this.#write();
    return viewOf(found);
  }

  /** All of a tenant. */
  async endOf(tenant: string): Promise<void> {
    const own = [...this.#sessions.values()].filter((session) => session.tenant === tenant);
    for (const { hash } of own) this.#sessions.delete(hash);
    if (own.length > 0) await this.#write();
  }

  /** Writes down when each was used last. */
  async close(): Promise<void> {
    await this.#write();
  }

  #dropOld(): void {
    const now = Date.now();
    for (const session of this.#sessions.values()) if (isOver(session, now)) this.#sessions.delete(session.hash);
    const byUse = [...this.#sessions.values()].sort((a, b) => b.usedAtMs - a.usedAtMs);
    for (const { hash } of byUse.slice(maximumSessions)) this.#sessions.delete(hash);
  }

  async #read(): Promise<void> {
    try {
      const text = await readSmallFile(this.#file, maximumFileBytes);
      if (text === null) return;
      for (const session of fileSchema.parse(JSON.parse(text)).sessions) this.#sessions.set(session.hash, session);
      this.#dropOld();
    } catch (error) {
      this.#log.warn({ reason: toHoldfastError(error).code }, 'Sessions of browsers cannot be read; they begin anew.');
    }
  }

  /** A full disk keeps nobody out: the session lasts as long as the engine then. */
  #write(): Promise<void> {
    this.#notedAtMs = Date.now();
    const content = { version: 1, sessions: [...this.#sessions.values()] } satisfies z.infer<typeof fileSchema>;
    this.#writing = this.#writeAfter(this.#writing, `${JSON.stringify(content)}\n`);
    return this.#writing;
  }

  async #writeAfter(earlier: Promise<void>, text: string): Promise<void> {
    await earlier;
    try {
      await writeFileAtomically(this.#file, text);
    } catch (error) {
      this.#log.warn({ reason: toHoldfastError(error).code }, 'Sessions of browsers cannot be written.');
    }
  }
}

function viewOf({ hash, tenant, actor, role, beganAtMs, usedAtMs, address, browser }: Session): SessionView {
  const endsAtMs = Math.min(usedAtMs + idleMs, beganAtMs + absoluteMs);
  return { id: idOf(hash), tenant, actor, role, beganAtMs, usedAtMs, endsAtMs, address, browser };
}

function idOf(hash: string): string {
  return hash.slice(0, 16);
}

/** Only words of ours: what a stranger sends is shown to nobody. */
function browserOf(agent: string): string | null {
  const named = (known: readonly (readonly [mark: RegExp, name: string])[]): string | null =>
    known.find(([mark]) => mark.test(agent))?.[1] ?? null;
  const name = named([
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Electron\//, 'Holdfast'],
    [/(?:Chrome|Chromium)\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = named([
    [/Windows/, 'Windows'],
    [/iPhone|iPad/, 'iOS'],
    [/Mac OS X/, 'macOS'],
    [/Android/, 'Android'],
    [/Linux|X11/, 'Linux'],
  ]);
  if (name === null) return system;
  return system === null ? name : `${name} on ${system}`;
}

/** One that began in the future was written under another clock. */
function isOver({ beganAtMs, usedAtMs }: Session, now: number): boolean {
  return now - usedAtMs > idleMs || now - beganAtMs > absoluteMs || beganAtMs - now > hourMs;
}
