/** A call tried out: AWS says whether it would let it, and does nothing. */
import type { HoldfastError } from '../../../shared/model/errors.ts';
import { awsFailure, refusalIn } from './failures.ts';

/** Null: it would be let. `call` is made with `DryRun: true`. */
export async function triedOut(what: string, call: () => Promise<unknown>): Promise<HoldfastError | null> {
  try {
    await call();
  } catch (error) {
    if (refusalIn(error)?.awsCode === 'DryRunOperation') return null;
    return awsFailure(error, `${what} (tried out)`);
  }
  // AWS answers every trial with an error; whatever takes no notice of the flag must not be trusted to change nothing.
  return awsFailure(new Error('it was not taken for a trial'), what);
}
