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

/** Stays for a day after it was last asked for. The bytes are copied. */
export function keepDerived(derivation: Derivation, bytes: Uint8Array): void {
  const mark = markOf(derivation);
  drop(mark);
  const oldest = kept.keys().next();
  if (kept.size >= mostKept && oldest.done === false) drop(oldest.value);
  // It must not keep a process from ending.
  kept.set(mark, { bytes: Buffer.from(bytes), timer: setTimeout(() => drop(mark), stayMs).unref() });
}

/** A copy. */
export function keptDerived(derivation: Derivation): Buffer | null {
  const found = kept.get(markOf(derivation));
  found?.timer.refresh();
  return found === undefined ? null : Buffer.from(found.bytes);
}

/** From now on every password is derived anew. */
export function forgetDerived(): void {
  for (const mark of kept.keys()) drop(mark);
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
