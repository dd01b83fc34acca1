/** Which keys a clone of a bucket writes. */
import { rawFromUtf8 } from '../../platform/raw-path.ts';
import { ReadPool } from '../../repository/read-pool.ts';
import type { Repository } from '../../repository/repository.ts';
import { keysIn } from '../drills/objects.ts';

/** With the prefix; each as its bytes, one character each. `from`: text, only keys that begin with it. */
export async function bucketKeys(
  repository: Repository,
  { tree, from, prefix, signal }: { tree: string; from: string; prefix: string; signal: AbortSignal },
): Promise<ReadonlySet<string>> {
  const [begins, before] = [rawFromUtf8(from), rawFromUtf8(prefix)];
  const keys = new Set<string>();
  const pool = await ReadPool.open(repository);
  try {
    for await (const { name } of keysIn(pool, tree)) {
      signal.throwIfAborted();
      if (name.startsWith(begins)) keys.add(before + name);
    }
  } finally {
    await pool.close();
  }
  return keys;
}
