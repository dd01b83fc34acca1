/** Where the files of a repository lie. A capability as small as it can be: retry, faults and throttle wrap around it. */

import type { ArchiveState, ThawTier } from '../../../../shared/model/s3-archive.ts';
import type { Pace } from '../../platform/network-throttle.ts';

/** The kinds of files a repository has, named as their folders are. */
export type FileType = 'config' | 'keys' | 'locks' | 'snapshots' | 'index' | 'data';

export type FileHandle = {
  readonly type: FileType;
  /** 64 hexadecimal digits; for the config, which is alone, `config`. */
  readonly name: string;
};

export type StoredFile = {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Where the place has put it where nobody can read it at once. */
  readonly archived?: ArchiveState;
};

/** How a file is brought back from an archive: how fast, and for how many days. */
export type WakeOrder = { readonly tier: ThawTier; readonly days: number };

/** What a save that was killed has left under a temporary name. */
export type UnfinishedFile = {
  /** Below the repository. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Since it was last written to, by the clock of the place; below zero where that clock jumped. */
  readonly ageMs: number;
};

export type ByteRange = {
  readonly offset: number;
  readonly length: number;
  /** Fewer bytes are fine where the file ends; else that is damage. */
  readonly mayEndEarly?: boolean;
};

export interface Backend {
  /** For people: where this is, without secrets. */
  readonly location: string;
  /** The folder whose `data/xx/` holds the packs as files of this machine, or null where they are elsewhere. */
  readonly localFolder: string | null;
  /**
   * For how long a file that was saved may be missing from a listing somebody else makes: 0 where a listing that begins
   * after a save has ended always shows the file.
   */
  listingDelayMs(): Promise<number>;
  /** Prepares an empty place. Throws REPOSITORY_EXISTS when a config is there. */
  create(): Promise<void>;
  /** Durable when it returns; a crash before leaves nothing under the name. The config is never overwritten. */
  save(handle: FileHandle, data: Uint8Array): Promise<void>;
  /**
   * The whole file, or exactly the range. The buffer is the caller's own and may be transferred to another thread.
   * Throws STORED_FILE_MISSING when it is not there and STORED_FILE_DAMAGED when it ends before the range does.
   */
  load(handle: FileHandle, range?: ByteRange): Promise<Buffer<ArrayBuffer>>;
  /** All files of a kind, in no order; things with other names are ignored. */
  list(type: FileType): Promise<readonly StoredFile[]>;
  /** Without complaint when it is gone already. STORED_FILE_HELD where the place does not let it go yet. */
  remove(handle: FileHandle): Promise<void>;
  /** What killed saves have left, of any program's; also what a save is still writing. */
  listUnfinished(): Promise<readonly UnfinishedFile[]>;
  /** Removes what `listUnfinished` has named. Without complaint when it is gone already. */
  removeUnfinished(path: string): Promise<void>;
  /**
   * The same place, of which every byte that is sent or comes passes `pace` in small slices. Missing where bytes travel too
   * fast to be slowed down one by one, as on this machine.
   */
  paced?(pace: Pace): Backend;
  /** Asks for a copy of a file that lies in an archive; it is there in hours. Missing where there is none. */
  wake?(handle: FileHandle, order: WakeOrder): Promise<void>;
  /** Bytes that may still be written, and who says so; null: it does not say. Missing where nothing ever runs full. */
  room?(): Promise<Room | null>;
  /** Where the place keeps files from being removed for a time. */
  readonly retention?: Retention | undefined;
}

/** `disk`: of its file system; `server`: of what a server lets this user have. */
export type Room = { readonly freeBytes: number; readonly from: 'disk' | 'server' };

/** Of a place that lets nobody remove a file before its time, such as a bucket with Object Lock. */
export interface Retention {
  /** `compliance`: nobody at all can shorten it. */
  readonly mode: 'governance' | 'compliance';
  /** How long each file is held from when it was saved; locks are not. */
  readonly days: number;
  /** Epoch milliseconds; null where nothing holds the file, or it is not there. */
  heldUntilMs(handle: FileHandle): Promise<number | null>;
  /** As the place itself says it, now; null where nothing holds the file, or it is not there. */
  lockOn(handle: FileHandle): Promise<{ readonly mode: 'governance' | 'compliance'; readonly untilMs: number } | null>;
  /** Asks the place to remove the file for good, to see whether it refuses; `override`: by whatever right this key has. */
  tryRemoving(handle: FileHandle, override: boolean): Promise<'refused' | 'removed'>;
  /** It can be made longer, never shorter. STORED_FILE_MISSING. */
  holdUntil(handle: FileHandle, untilMs: number): Promise<void>;
}

export const configHandle: FileHandle = { type: 'config', name: 'config' };

export function describeHandle({ type, name }: FileHandle): string {
  return type === 'config' ? 'config' : `${type}/${name}`;
}
