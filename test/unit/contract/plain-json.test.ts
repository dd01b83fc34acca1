import { getEventIteratorSchemaDetails, isContractProcedure, type AnySchema } from '@orpc/contract';
import { assert, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../shared/contract/index.ts';

type Schemas = { readonly path: string; readonly input: unknown; readonly output: unknown; readonly events: unknown };

type Definition = { readonly inputSchema?: AnySchema; readonly outputSchema?: AnySchema };

function* schemasOf(router: object, path: readonly string[] = []): Generator<Schemas> {
  for (const [name, part] of Object.entries(router) as [string, object][]) {
    if (!isContractProcedure(part)) {
      yield* schemasOf(part, [...path, name]);
      continue;
    }
    const { inputSchema, outputSchema } = part['~orpc'] as Definition;
    const events = getEventIteratorSchemaDetails(outputSchema)?.yields;
    yield { path: [...path, name].join('.'), input: inputSchema, output: outputSchema, events };
  }
}

describe('every call of the contract', () => {
  test.each([...schemasOf(contract)])('$path takes and gives plain JSON, which every door can carry', (call) => {
    const schemas = [call.input, call.events ?? call.output].filter((schema) => schema !== undefined);
    for (const schema of schemas) {
      assert(schema instanceof z.ZodType);
      // Throws for what JSON has no word for: dates, bigints, sets, maps, functions.
      expect(() => z.toJSONSchema(schema)).not.toThrow();
    }
  });
});
