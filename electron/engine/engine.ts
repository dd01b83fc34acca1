/** The composition root: opens what the engine needs, wires the contract's handlers, and closes in order. */
import { mkdir } from 'node:fs/promises';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import type { Caller } from '../../shared/contract/common.ts';
import type { contract } from '../../shared/contract/index.ts';
import { HoldfastError, toHoldfastError } from '../../shared/model/errors.ts';
import { engineRouter } from './api/router.ts';
import { Catalog } from './catalog/catalog.ts';

export type ContractClient = ContractRouterClient<typeof contract>;

export interface Engine {
  /** The contract, called directly. */
  readonly client: ContractClient;
  close(): Promise<void>;
}

export type EngineOptions = {
  /** HOLDFAST_HOME; made where it is missing, readable by its owner only. */
  readonly home: string;
  readonly caller: Caller;
};

export async function openEngine({ home, caller }: EngineOptions): Promise<Engine> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    throw new HoldfastError(code, `The folder ${home} could not be made: ${message}.`, { cause: error });
  }
  const catalog = new Catalog({ home });
  const client: ContractClient = createRouterClient(engineRouter, { context: { caller, home, catalog } });
  return { client, close: () => catalog.close() };
}
