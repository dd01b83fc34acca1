import { open } from 'node:fs/promises';
import { keystream } from './keystream.ts';

const pieceBytes = 4 * 1024 ** 2;

/** One file that nothing can compress. */
export async function writeRandomFile(path: string, bytes: number, seed: string, signal: AbortSignal): Promise<void> {
  const random = keystream(seed, 'random file');
  await using file = await open(path, 'w');
  for (let at = 0; at < bytes; at += pieceBytes) {
    signal.throwIfAborted();
    await file.write(random.bytes(Math.min(pieceBytes, bytes - at)));
  }
}
