/**
 * Newer releases: looked for only where somebody has switched that on, downloaded and installed only when asked to, and
 * never without the signature of the release key. What downloads and installs is electron-updater; it comes in from outside,
 * and is not even loaded before something is to be downloaded.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { UpdateState, UpdateStep } from '../../shared/model/desktop-settings.ts';
import { isNewer, noteName, readNote, signatureName, type UpdateFeed, type UpdateNote } from './update-note.ts';

/** What is used of electron-updater. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  setFeedURL(options: { readonly provider: 'generic'; readonly url: string }): void;
  /** Null in a copy that was not installed by a package. */
  checkForUpdates(): Promise<{ readonly updateInfo: UpdateInfo } | null>;
  /** Where the files lie. */
  downloadUpdate(): Promise<readonly string[]>;
  quitAndInstall(isSilent: boolean, isForceRunAfter: boolean): void;
  on(event: 'download-progress', listener: (progress: { readonly percent: number }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

type UpdateInfo = { readonly version: string; readonly files: readonly { readonly sha512: string }[] };

export type UpdateParts = {
  readonly feed: UpdateFeed | null;
  /** Of this program. */
  readonly version: string;
  /** As the operator has chosen. */
  readonly isOn: () => boolean;
  readonly load: () => Promise<Updater>;
  /** Rejects where there is no answer, or one of more than `maximumBytes`; follows no redirection. */
  readonly fetch: (url: string, maximumBytes: number) => Promise<Uint8Array>;
  readonly nowMs: () => number;
  /** Whether jobs are running. */
  readonly isBusy: () => boolean;
  /** Closes the engine and then does this in place of ending. */
  readonly leave: (then: () => void) => Promise<void>;
  readonly onChange: () => void;
};

/** How often is looked by itself. */
const everyMs = 24 * 60 * 60 * 1000;
const noteBytes = 256 * 1024;

/** A failure in words for a person. */
class Refusal extends Error {}

export class Updates {
  readonly #parts: UpdateParts;
  #state: UpdateState = { kind: 'idle' };
  #note: UpdateNote | null = null;
  #updater: Updater | null = null;
  #lookedAtMs: number | null = null;
  #working = false;

  constructor(parts: UpdateParts) {
    this.#parts = parts;
  }

  /** The address that is asked; null: this program was built without one, and never asks. */
  get feed(): string | null {
    return this.#parts.feed?.url ?? null;
  }

  get state(): UpdateState {
    return this.#parts.isOn() ? this.#state : { kind: 'idle' };
  }

  /** To be called now and then: looks once a day, if that is on. */
  async tick(): Promise<void> {
    const { isOn, nowMs } = this.#parts;
    const last = this.#lookedAtMs;
    if (!isOn() || this.feed === null || ['available', 'downloading', 'ready'].includes(this.#state.kind)) return;
    if (last !== null && nowMs() >= last && nowMs() - last < everyMs) return;
    await this.take('check');
  }

  /** Does one step. Never rejects: what went wrong is the state. */
  async take(step: UpdateStep): Promise<void> {
    if (this.#working || !this.#parts.isOn() || this.#parts.feed === null) return;
    this.#working = true;
    try {
      if (step === 'check') await this.#check(this.#parts.feed);
      else if (step === 'download') await this.#download(this.#parts.feed);
      else await this.#install();
    } catch (error) {
      const known = error instanceof Refusal;
      const why = error instanceof Error ? error.message : String(error);
      this.#set({ kind: 'failed', problem: known ? why : `The address of updates did not answer as expected: ${why}` });
    } finally {
      this.#working = false;
    }
  }

  async #check({ url, key }: UpdateFeed): Promise<void> {
    const { fetch, version, nowMs } = this.#parts;
    this.#set({ kind: 'checking' });
    this.#lookedAtMs = nowMs();
    const note = await fetch(`${url}${noteName}`, noteBytes);
    const signature = Buffer.from(await fetch(`${url}${signatureName}`, noteBytes)).toString('latin1');
    this.#note = readNote(note, signature, key);
    if (this.#note === null)
      throw new Refusal(
        'What is told about the newest release is not signed by the release key. Nothing was downloaded.',
      );
    const { version: newest } = this.#note;
    const atMs = nowMs();
    this.#set(isNewer(newest, version) ? { kind: 'available', version: newest } : { kind: 'current', atMs });
  }

  async #download({ url }: UpdateFeed): Promise<void> {
    const note = this.#note;
    if (note === null || this.#state.kind !== 'available') return;
    const { version } = note;
    this.#set({ kind: 'downloading', version, percent: 0 });
    const updater = await this.#loaded();
    updater.setFeedURL({ provider: 'generic', url });
    const found = await updater.checkForUpdates();
    if (found === null) throw new Refusal('This copy was not installed by a package, so it cannot replace itself.');
    const signed = new Set(note.files.map(({ sha512 }) => sha512));
    const { updateInfo } = found;
    if (updateInfo.version !== version || !updateInfo.files.every(({ sha512 }) => signed.has(sha512)))
      throw new Refusal('The files that are offered are not those of the signed release. Nothing was downloaded.');
    const files = await updater.downloadUpdate();
    for (const file of files) {
      if (!signed.has(await sha512Of(file)))
        throw new Refusal('What was downloaded is not what the release key has signed. It is not installed.');
    }
    if (files.length === 0) throw new Refusal('Nothing was downloaded.');
    this.#set({ kind: 'ready', version });
  }

  async #install(): Promise<void> {
    const updater = this.#updater;
    if (updater === null || this.#state.kind !== 'ready' || this.#parts.isBusy()) return;
    await this.#parts.leave(() => updater.quitAndInstall(false, true));
  }

  /** Set so that it does nothing by itself. */
  async #loaded(): Promise<Updater> {
    if (this.#updater !== null) return this.#updater;
    const updater = await this.#parts.load();
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    updater.allowDowngrade = false;
    updater.on('download-progress', ({ percent }) => {
      if (this.#state.kind === 'downloading')
        this.#set({ ...this.#state, percent: Math.min(100, Math.floor(percent)) });
    });
    // What fails rejects too; without a listener it would end the program.
    updater.on('error', () => undefined);
    this.#updater = updater;
    return updater;
  }

  #set(state: UpdateState): void {
    this.#state = state;
    this.#parts.onChange();
  }
}

/** Base64. */
async function sha512Of(path: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return hash.digest('base64');
}

/** The body of an answer as `UpdateParts.fetch` gives it. `get` is the fetch of Electron, which knows the proxies of the system. */
export async function fetchBytes(
  get: (url: string, init: RequestInit) => Promise<Response>,
  url: string,
  maximumBytes: number,
): Promise<Uint8Array> {
  const answer = await get(url, {
    redirect: 'error',
    credentials: 'omit',
    cache: 'no-store',
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok || answer.body === null) throw new Error(`status ${answer.status}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body as AsyncIterable<Uint8Array>) {
    length += part.byteLength;
    if (length > maximumBytes) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
