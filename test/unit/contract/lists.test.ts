/** No list of the contract is without a bound: it comes page by page, or something else keeps it short. */
import { getEventIteratorSchemaDetails, isContractProcedure, type AnySchema } from '@orpc/contract';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../shared/contract/index.ts';

type Json = { readonly type?: string; readonly maximum?: number; readonly properties?: Readonly<Record<string, Json>> };
type Call = { readonly name: string; readonly input: Json; readonly output: Json };

function calls(router: object, path: readonly string[] = []): Call[] {
  return Object.entries(router).flatMap(([name, part]: [string, object]) => {
    if (!isContractProcedure(part)) return calls(part, [...path, name]);
    const { inputSchema, outputSchema } = part['~orpc'] as { inputSchema?: AnySchema; outputSchema?: AnySchema };
    if (getEventIteratorSchemaDetails(outputSchema) !== undefined) return [];
    const json = (schema: unknown, io: 'input' | 'output'): Json =>
      z.toJSONSchema(schema as z.ZodType, { io, unrepresentable: 'any' }) as Json;
    return [
      { name: [...path, name].join('.'), input: json(inputSchema, 'input'), output: json(outputSchema, 'output') },
    ];
  });
}

/** Whether what is asked for is a list: most others have some list in what they tell of one thing. */
const isList = (name: string): boolean =>
  /\.(?:list|log|queue|history|runs|holdings|reviews|unlocks|deliveries|calls|files|users|invitations|uploads|maps|sources|rules|repositories|refs|commits|tree|folder|snapshots|undoPreview)$/.test(
    name,
  );

/** Lists that have no pages, and what keeps them short. */
const bounded: Readonly<Record<string, string>> = {
  'keys.list': 'a repository has a few passwords',
  'tokens.list': 'there are 1,000 tokens at most',
  'sessions.list': 'there are 200 sessions at most',
  'sources.list': 'the configuration bounds its sources',
  'sites.list': 'the configuration bounds its sites',
  'sync.rules': 'the configuration bounds its rules',
  'sync.queue': 'its first entries, 5,000 at most; `total` says how many there are',
  'standby.list': 'the configuration bounds its standbys',
  'aws.accounts.list': 'the configuration bounds its accounts',
  'native.list': 'AWS bounds the snapshots of an account; those of one source are told',
  'plans.list': 'the configuration bounds its plans',
  'profiles.list': 'the configuration bounds its profiles',
  'retention.reviews': 'the newest, 1,000 at most',
  'retention.unlocks': 'those that are under way',
  'settings.list': 'there is a catalog of settings',
  'siteServer.leases.list': 'a witness keeps a few leases',
  'siteServer.users': 'the file of users is bounded',
  'siteServer.invitations': 'the file of users is bounded',
  'credentials.list': 'the configuration bounds its credentials',
  'repositories.list': 'the file of connections is bounded',
  'peers.list': 'the file of peers is bounded',
  'routes.list': 'the file of routes is bounded',
  'images.uploads': 'those that are under way',
  'awsRestores.maps': 'the configuration bounds its maps',
  'drills.sources': 'as many as there are sources',
  'tenants.list': 'a home has 500 tenants at most',
  'offers.list': 'a home has 5,000 offers at most',
  'storage.list': 'as many as there are repositories and sites',
  'storage.history': 'one a day, of 800 days at most',
  'points.list': 'the newest, 1,000 at most; `total` says how many there are',
  'cases.list': 'the configuration bounds its cases',
  'clones.list': 'there are 1,000 clones at most, and as many open restore runs',
  'gaps.list': '500 places of this machine at most, and as many others as there are sources and things in AWS',
  'reports.list': 'there are a few reports',
  'subscriptions.list': 'the configuration bounds its subscriptions',
  'evidence.files': 'an export is made of them all, and each chain is a few files',
};

describe('lists of the contract', () => {
  const lists = calls(contract).filter(({ name, output }) => {
    const fields = Object.values(output.properties ?? {});
    return isList(name) && (output.type === 'array' || fields.some(({ type }) => type === 'array'));
  });

  test('come page by page, in the same words, or are short for a reason that is given', () => {
    const wrong = lists.flatMap(({ name, input, output }) => {
      if (name in bounded) return [];
      const asked = input.properties ?? {};
      const told = output.properties ?? {};
      const limit = asked['limit']?.maximum ?? Infinity;
      const place = ['before', 'after', 'from'].some((word) => word in asked);
      const end = ['more', 'total', 'cursor'].some((word) => word in told);
      const next = name === 'restoreRuns.undoPreview';
      return limit <= 10_000 && place && (end || next)
        ? []
        : [`${name}: limit ${limit}, ${Object.keys(asked).join()}, ${Object.keys(told).join()}`];
    });
    expect(wrong).toEqual([]);
  });

  test('that are said to be short are there', () => {
    const names = new Set(lists.map(({ name }) => name));
    expect(Object.keys(bounded).filter((name) => !names.has(name))).toEqual([]);
  });
});
