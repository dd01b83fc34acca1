/** Shows what calls the engine only to whoever may make that call. */
import type { ReactNode } from 'react';
import type { CallName } from '../../shared/contract/rights.ts';
import { useMay } from './me.ts';

export function May({ call, children }: { readonly call: CallName; readonly children: ReactNode }) {
  return useMay(call) ? children : null;
}
