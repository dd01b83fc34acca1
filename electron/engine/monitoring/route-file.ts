/**
 * Where alerts are told, in a file of the home: the catalog can be lost, and whoever is to be told of that must not be
 * lost with it. What is secret lies in the secret store.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { routeDefinitionSchema, routeIdSchema } from '../../../shared/contract/routes.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../platform/atomic-file.ts';

const routeRowSchema = z.object({
  id: routeIdSchema,
  tenant: z.string().min(1).max(64),
  actor: z.string(),
  definition: routeDefinitionSchema,
  /** For people: where a secret address leads, names of secret headers. */
  origin: z.string().nullable(),
  headerNames: z.array(z.string()),
  hasPassword: z.boolean(),
  createdAtMs: z.number().int(),
  updatedAtMs: z.number().int(),
});
export type RouteRow = z.infer<typeof routeRowSchema>;

const fileSchema = z.object({ version: z.literal(1), routes: z.array(routeRowSchema).max(1000) });
const maximumBytes = 4 * 1024 * 1024;

/** Empty where there is no file. ROUTES_DAMAGED. */
export async function readRoutes(home: string): Promise<RouteRow[]> {
  const text = await readSmallFile(routeFile(home), maximumBytes);
  if (text === null) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).routes;
  } catch (error) {
    const what = `The file ${routeFile(home)} is not what Holdfast wrote.`;
    throw new HoldfastError('ROUTES_DAMAGED', what, { cause: error });
  }
}

export async function writeRoutes(home: string, routes: readonly RouteRow[]): Promise<void> {
  await writeFileAtomically(routeFile(home), `${JSON.stringify({ version: 1, routes }, null, 1)}\n`);
}

function routeFile(home: string): string {
  return join(home, 'routes.json');
}
