/** What every call carries: who calls, for which tenant, and where this engine lives. */
import { implement } from '@orpc/server';
import type { Caller } from '../../../shared/contract/common.ts';
import { contract } from '../../../shared/contract/index.ts';

export type CallContext = { readonly caller: Caller; readonly home: string };

export const handlers = implement(contract).$context<CallContext>();
