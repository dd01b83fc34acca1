import { readFile } from 'node:fs/promises';
import { isContractProcedure, type AnyContractProcedure } from '@orpc/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { openApiDocument } from '../../../../electron/engine/api/http/open-api.ts';
import { callNotes, notesFile } from '../../../../packaging/note-calls.ts';
import { contract } from '../../../../shared/contract/index.ts';
import { errorCatalog } from '../../../../shared/model/errors.ts';

type Media = Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>;
type Parameter = { readonly $ref?: string; readonly name: string; readonly in: string; readonly example?: unknown };
type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Media };
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Media }>>;
  readonly 'x-holdfast-errors': readonly string[];
};

function procedures(router: object, path: readonly string[] = []): Map<string, AnyContractProcedure> {
  return new Map(
    Object.entries(router).flatMap(([name, part]: [string, object]) =>
      isContractProcedure(part)
        ? ([[[...path, name].join('.'), part]] as const)
        : [...procedures(part, [...path, name])],
    ),
  );
}

describe('the OpenAPI document', () => {
  let document: Record<string, unknown>;
  let operations: readonly Operation[];

  beforeAll(async () => {
    const made = await openApiDocument(contract, '1.2.3', 'http://127.0.0.1:7373');
    // As it is served.
    document = JSON.parse(JSON.stringify(made)) as Record<string, unknown>;
    const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  });

  test('is valid OpenAPI 3.1 of a version, with a place for each call of the contract', async () => {
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\./) as unknown,
      info: { version: '1.2.3' },
      servers: [{ url: 'http://127.0.0.1:7373/api/v1' }],
      security: [{ token: [] }],
    });
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
      [...procedures(contract).keys()].toSorted(),
    );
    // Programs download it, and so does the page that shows it.
    expect(JSON.stringify(document).length).toBeLessThan(1_500_000);
  });

  test('is made while others go on working', async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    await openApiDocument(contract, '1.2.3', null);
    clearImmediate(counting);
    // For what each call is asked and answers with, and once more for its place in the document.
    expect(turns).toBeGreaterThan(2 * operations.length);
  });

  test('has an example of what each call is asked with, which the contract takes', async () => {
    const known = procedures(contract);
    const wrong: string[] = [];
    for (const { operationId, parameters = [], requestBody } of operations) {
      const body = requestBody?.content['application/json']?.example as object | undefined;
      const own = parameters.filter(({ in: where }) => where === 'path' || where === 'query');
      const named = Object.fromEntries(own.map(({ name, example }) => [name, example]));
      const schema = known.get(operationId)?.['~orpc'].inputSchema as z.ZodType;
      const parsed = await schema.safeParseAsync({ ...named, ...body });
      if (!parsed.success)
        wrong.push(
          `${operationId}: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
        );
      if (requestBody !== undefined && body === undefined) wrong.push(`${operationId}: no example`);
    }
    expect(wrong).toEqual([]);
  });

  test('has an example of what each call answers, which the contract takes', async () => {
    const known = procedures(contract);
    const wrong: string[] = [];
    for (const { operationId, responses } of operations) {
      const content = responses['200']?.content ?? {};
      if (content['text/event-stream'] !== undefined) {
        expect(content['text/event-stream'].example, operationId).toMatch(/^event: message\ndata: \{.+\}\n\n$/);
        continue;
      }
      const schema = known.get(operationId)?.['~orpc'].outputSchema as z.ZodType;
      const parsed = await schema.safeParseAsync(content['application/json']?.example);
      if (!parsed.success)
        wrong.push(
          `${operationId}: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
        );
    }
    expect(wrong).toEqual([]);
  });

  test('says of each call how it fails, in codes that there are', () => {
    for (const { operationId, 'x-holdfast-errors': codes, responses } of operations) {
      expect(
        codes.filter((code) => !(code in errorCatalog)),
        operationId,
      ).toEqual([]);
      expect(codes, operationId).toEqual(
        expect.arrayContaining(['BAD_USAGE', 'NOT_SIGNED_IN', 'FORBIDDEN', 'TOO_MANY_REQUESTS']),
      );
      for (const status of ['400', '401', '403', '429', '500', '503', 'default'])
        expect(responses, operationId).toHaveProperty(status);
    }
    const revoke = operations.find(({ operationId }) => operationId === 'tokens.revoke');
    expect(revoke?.['x-holdfast-errors']).toContain('TOKEN_NOT_FOUND');
    expect(JSON.stringify(revoke?.responses['404'])).toContain('TOKEN_NOT_FOUND');
  });

  test('says what the comments of the contract say now', async () => {
    expect(await readFile(notesFile, 'utf8'), 'run npm run note:calls').toBe(await callNotes());
  });
});
