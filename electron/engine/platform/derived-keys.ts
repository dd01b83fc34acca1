/**
 * Keys derived from passwords that have opened something, for a while: beside an open console each command brings the
 * password of its repository, and deriving its key would take most of the time of a short one. A password still has to be
 * given, and given right; it is not here, nor anything that tells it: what it is found by is made under a secret of this
 * process.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { ScryptParameters } from './early-key.ts';

/** What a key is derived from. */
export type Derivation = { readonly password: string; readonly salt: Buffer; readonly cost: ScryptParameters };

type Kept = { readonly bytes: Buffer; readonly timer: NodeJS.Timeout };

/** From its last use on. */
const stayMs = 24 * 3_600_000;
const mostKept = 64;

const secret = randomBytes(32);
const kept = new Map<string, Kept>();
let epoch = 0;

/** Of what `forgetDerived` has not been called since. */
export function derivedEpoch(): number {
  return epoch;
}

/**
 * Stays for a day after it was last asked for; `since` is the epoch in which it was derived, and what was to be forgotten
 * meanwhile is. The bytes are copied.
 */
export function keepDerived(derivation: Derivation, bytes: Uint8Array, since: number): void {
  if (since !== epoch) return;
  const mark = markOf(derivation);
  drop(mark);
  const oldest = kept.keys().next();
  if (kept.size >= mostKept && oldest.done === false) drop(oldest.value);
  // It must not keep a process from ending.
  kept.set(mark, { bytes: ownCopy(bytes), timer: setTimeout(() => drop(mark), stayMs).unref() });
}

/** A copy. */
export function keptDerived(derivation: Derivation): Buffer | null {
  const found = kept.get(markOf(derivation));
  found?.timer.refresh();
  return found === undefined ? null : ownCopy(found.bytes);
}

/** From now on every password is derived anew. */
export function forgetDerived(): void {
  epoch += 1;
  for (const mark of kept.keys()) drop(mark);
}

/** Not of the memory that small buffers share: what is sent to a thread takes all of that along. */
function ownCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

function drop(mark: string): void {
  const found = kept.get(mark);
  if (found === undefined) return;
  clearTimeout(found.timer);
  found.bytes.fill(0);
  kept.delete(mark);
}

function markOf({ password, salt, cost: { N, r, p } }: Derivation): string {
  const whole = JSON.stringify([password, salt.toString('base64'), N, r, p]);
  return createHmac('sha256', secret).update(whole).digest('base64');
}
