import { beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../../../electron/engine/api/http/open-api.ts';
import {
  byTag,
  curlOf,
  found,
  operationsOf,
  type ApiDocument,
  type ApiOperation,
} from '../../../../renderer/features/api/api-model.ts';
import { contract } from '../../../../shared/contract/index.ts';

describe('the list of calls', () => {
  let all: readonly ApiOperation[];
  const named = (id: string): ApiOperation => {
    const one = all.find((operation) => operation.id === id);
    if (one === undefined) throw new Error(`no ${id}`);
    return one;
  };

  beforeAll(async () => {
    const document = await openApiDocument(contract, '1', null);
    all = operationsOf(JSON.parse(JSON.stringify(document)) as ApiDocument);
  });

  test('has for each what is sent, what is answered, who may, and how it fails', () => {
    expect(all.length).toBeGreaterThan(200);
    const revoke = named('tokens.revoke');
    expect(revoke).toMatchObject({ method: 'POST', path: '/tokens/{token}/revoke', role: 'admin', isStream: false });
    expect(revoke.parameters.map(({ name, where }) => `${where} ${name}`)).toEqual([
      'path token',
      'header Idempotency-Key',
    ]);
    expect(revoke.failures.flatMap(({ codes }) => codes.map(({ code }) => code))).toEqual(
      expect.arrayContaining(['NOT_SIGNED_IN', 'TOKEN_NOT_FOUND', 'IDEMPOTENCY_KEY_USED', 'INTERNAL']),
    );
    expect(JSON.parse(revoke.answer ?? '')).toMatchObject({ role: 'read' });
    expect(named('events.follow')).toMatchObject({ isStream: true, request: null });
    expect(named('events.follow').answer).toMatch(/^event: message\ndata: /);
  });

  test('is found by words of its name, address and failures, all of them', () => {
    expect(found(all, ' ')).toBe(all);
    expect(found(all, 'TOKEN_EXISTS').map(({ id }) => id)).toEqual(['tokens.create']);
    expect(found(all, 'jobs cancel').map(({ id }) => id)).toContain('jobs.cancel');
    expect(found(all, 'no such thing anywhere')).toEqual([]);
    expect([...byTag(found(all, '/tokens')).keys()]).toEqual(['tokens']);
  });

  test('has a line for a shell that holds no token, and stays one argument with any body', () => {
    expect(curlOf(named('jobs.list'), 'http://h/api/v1')).toBe(
      `curl -s "http://h/api/v1/jobs" \\\n  -H "authorization: Bearer $HOLDFAST_TOKEN"`,
    );
    const quoted = curlOf({ ...named('tokens.create'), request: `{"name":"anna's"}` }, 'http://h');
    expect(quoted).toContain(String.raw`-d '{"name":"anna'\''s"}'`);
    expect(curlOf(named('protection.protect'), 'http://h')).toContain('curl -sN -X POST');
  });
});
