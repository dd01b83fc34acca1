import { expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../shared/contract/index.ts';
import { auditTargets } from '../../../shared/model/audit-words.ts';

const asIs = (text: string): string => text;

it('tells names and ids, and leaves out what else was given', () => {
  const input = {
    repository: { location: 's3:https://host/bucket', password: 'hunter2', reach: { secrets: { key: 'hunter2' } } },
    name: 'docs',
    definition: { path: '/home', password: 'hunter2' },
    snapshots: ['aa', 'bb'],
    to: { region: 'eu-west-1', secretKey: 'hunter2' },
    dryRun: false,
  };
  const told = auditTargets(input, asIs);
  expect(told).toEqual({
    repository: 's3:https://host/bucket',
    name: 'docs',
    snapshots: 'aa, bb',
    to: 'eu-west-1',
    dryRun: 'false',
  });
  expect(JSON.stringify(told)).not.toContain('hunter2');
});

it('is bounded, and scrubs what it tells', () => {
  const told = auditTargets(
    { paths: Array.from({ length: 30 }, (_, at) => `/p${at}`), target: 'x'.repeat(500) },
    (text) => text.replace('/p0', '[removed]'),
  );
  expect(told['paths']).toContain('[removed], /p1');
  expect(told['paths']).toContain('and 10 more');
  expect(told['target']).toHaveLength(300);
});

/** Names of fields in inputs that hold secrets: none of them may ever be told. */
const secret = /pass|secret|token$|credential|authorization|cookie|privatekey|^code$|^proof$|^value$|^values$/i;

it('tells no field of any call that is named like a secret', () => {
  const names = new Set<string>();
  const visit = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    if (Array.isArray(schema)) return schema.forEach(visit);
    const { properties, ...rest } = schema as Record<string, unknown>;
    for (const [name, part] of Object.entries(properties ?? {})) {
      names.add(name);
      visit(part);
    }
    Object.values(rest).forEach(visit);
  };
  const calls = (part: object): void => {
    for (const one of Object.values(part) as object[]) {
      const { inputSchema } = (one as { '~orpc'?: { inputSchema?: z.ZodType } })['~orpc'] ?? {};
      if (inputSchema !== undefined) visit(z.toJSONSchema(inputSchema, { io: 'input', unrepresentable: 'any' }));
      else calls(one);
    }
  };
  calls(contract);
  const secrets = [...names].filter((name) => secret.test(name));
  expect(secrets).toContain('password');
  expect(secrets.filter((name) => Object.keys(auditTargets({ [name]: 'x' }, asIs)).length > 0)).toEqual([]);
});
