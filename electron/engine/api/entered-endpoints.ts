/**
 * Endpoints that were entered on this machine for whatever its AWS environment holds. A definition that came from a
 * repository must not get to have somebody's session sent somewhere else.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../platform/atomic-file.ts';

const fileSchema = z.object({
  version: z.literal(1),
  entered: z.array(z.object({ tenant: z.string(), endpoint: z.string() })).max(10_000),
});
type Entered = z.infer<typeof fileSchema>['entered'];

const maximumBytes = 8 * 1024 * 1024;
let turn: Promise<unknown> = Promise.resolve();

/** Of a source that names one and no account; without an effect for others. */
export async function rememberEndpoint(home: string, tenant: string, source: object): Promise<void> {
  const endpoint = ownEndpoint(source);
  if (endpoint === null) return;
  const work = async (): Promise<void> => {
    const entered = await read(home);
    if (entered.some((one) => one.tenant === tenant && one.endpoint === endpoint)) return;
    const content = { version: 1, entered: [...entered, { tenant, endpoint }] };
    await writeFileAtomically(fileOf(home), `${JSON.stringify(content, null, 1)}\n`);
  };
  const mine = turn.then(work, work);
  turn = mine.catch(() => undefined);
  await mine;
}

export async function isEntered(home: string, tenant: string, endpoint: string): Promise<boolean> {
  return (await read(home)).some((one) => one.tenant === tenant && one.endpoint === endpoint);
}

/** Null for a source of this machine, and for one that an account says the endpoint of. */
export function ownEndpoint(source: object): string | null {
  if ('account' in source && source.account !== null) return null;
  return 'endpoint' in source && typeof source.endpoint === 'string' ? source.endpoint : null;
}

async function read(home: string): Promise<Entered> {
  const text = await readSmallFile(fileOf(home), maximumBytes);
  if (text === null) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).entered;
  } catch (error) {
    throw new HoldfastError('SECRETS_DAMAGED', `The file ${fileOf(home)} is not what Holdfast wrote.`, {
      cause: error,
    });
  }
}

function fileOf(home: string): string {
  return join(home, 'aws-endpoints.json');
}
