/** Recovery kits that are opened from the file manager: read here, shown by the page, judged by the engine. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { maximumKitLength } from '../../shared/contract/recovery-kit.ts';

/** What the system knows the files by; electron-builder.yml names it too. */
const ending = '.holdfast-kit';

export type OpenedKit = {
  /** Without its folder: it is shown, and nothing else needs to know where it lies. */
  readonly name: string;
  /** Null where it could not be read, or is longer than any kit. */
  readonly text: string | null;
};

/** The screen that shows it. */
export const kitPlace = '/kit';

/**
 * The path of a kit where that is what an argument names, as a path or as the `file:` address that desktops of Linux pass;
 * else null. `folder` is where a relative path starts.
 */
export function kitPathOf(argument: string, folder: string): string | null {
  if (argument.startsWith('-') || argument.includes('\0') || !argument.toLowerCase().endsWith(ending)) return null;
  if (!/^file:/i.test(argument)) return isAbsolute(argument) ? argument : resolve(folder, argument);
  try {
    return fileURLToPath(argument);
  } catch {
    return null;
  }
}

export class KitFiles {
  readonly #show: (place: string) => void;
  #opened: OpenedKit | null = null;
  #latest = 0;

  constructor(show: (place: string) => void) {
    this.#show = show;
  }

  /** The one that was opened last. */
  get opened(): OpenedKit | null {
    return this.#opened;
  }

  /** Never rejects: what cannot be read is shown as such. */
  async open(path: string): Promise<void> {
    this.#latest += 1;
    const number = this.#latest;
    const text = await readKit(path).catch(() => null);
    // A small file that was opened after a large one may be read before it.
    if (number !== this.#latest) return;
    this.#opened = { name: basename(path), text };
    this.#show(kitPlace);
  }
}

/** Null for what is longer, or no text; a pipe or a device is not waited for. */
async function readKit(path: string): Promise<string | null> {
  // Windows has no such flag, and no such files.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > maximumKitLength) return null;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(facts.size), 0, facts.size, 0);
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
