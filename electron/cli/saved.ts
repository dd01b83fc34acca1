import type { Saved } from '../../shared/contract/configuration.ts';
import type { Output } from './output.ts';

/** What the operator must know of a change that was made: above all whether it is in the repository. */
export function tellSaved(output: Output, { notices }: Saved): void {
  for (const text of notices) output.warn(text);
}
