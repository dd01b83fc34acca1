/** The calls of the contract, each by its name. */
import { isContractProcedure } from '@orpc/contract';
import { contract } from '../../../shared/contract/index.ts';
import type { Calling } from './context.ts';

export type Procedure = (
  input: unknown,
  options: { readonly signal?: AbortSignal; readonly context: Calling },
) => unknown;

/** Every call of the contract by its path with dots; nothing else can be called. */
export function proceduresOf(client: unknown): ReadonlyMap<string, Procedure> {
  const procedures = new Map<string, Procedure>();
  const visit = (router: object, reached: unknown, path: readonly string[]): void => {
    for (const [name, part] of Object.entries(router) as [string, object][]) {
      const next = (reached as Record<string, unknown>)[name];
      if (isContractProcedure(part)) procedures.set([...path, name].join('.'), next as Procedure);
      else visit(part, next, [...path, name]);
    }
  };
  visit(contract, client, []);
  return procedures;
}
