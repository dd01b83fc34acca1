import { randomBytes } from 'node:crypto';
import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getEventIteratorSchemaDetails, isContractProcedure, type AnySchema } from '@orpc/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ContractClient } from '../../../electron/engine/engine.ts';
import { contract } from '../../../shared/contract/index.ts';
import { rights } from '../../../shared/contract/rights.ts';
import { covers, roles } from '../../../shared/model/roles.ts';
import { makeHttpEngine, type HttpEngine } from '../../support/http-engine.ts';

const password = 'a password of a test';
/** What is only required to be there. */
const someText: unknown = expect.any(String);
const something: unknown = expect.anything();
const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const reportOf = (error: unknown): unknown => (error as { data?: { report?: unknown } }).data?.report;
const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no failure',
    (error: unknown) => reportOf(error) ?? error,
  );

type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly 'x-holdfast-role': string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: { type?: string } }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, unknown>>;
};
type Document = {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly security: unknown;
  readonly components: { readonly securitySchemes: unknown; readonly schemas: Readonly<Record<string, unknown>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
type Documented = { readonly path: string; readonly method: string; readonly operation: Operation };

async function documented(engine: HttpEngine): Promise<{ document: Document; calls: Documented[] }> {
  const token = await engine.token('read');
  const answer = await engine.ask('/api/v1/openapi.json', { headers: engine.bearer(token) });
  const document = answer.json() as Document;
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return { document, calls };
}

function callsOf(router: object, path: readonly string[] = []): { name: string; procedure: object }[] {
  return Object.entries(router).flatMap(([name, part]: [string, object]) =>
    isContractProcedure(part)
      ? [{ name: [...path, name].join('.'), procedure: part['~orpc'] }]
      : callsOf(part, [...path, name]),
  );
}

describe('a token', () => {
  test('is shown once, and known by its hash afterwards', async () => {
    await using engine = await makeHttpEngine();
    const client = await engine.client();
    const { secret, token } = await client.tokens.create({ name: 'ci', role: 'read' });
    expect(secret).toMatch(/^hf_[\w-]{43}$/);
    expect(secret.startsWith(token.prefix)).toBe(true);
    const listed = JSON.stringify(await client.tokens.list({}));
    expect(listed).toContain(token.id);
    expect(listed).not.toContain(secret);
    await expect(client.tokens.create({ name: 'ci', role: 'admin' })).rejects.toMatchObject({ code: 'TOKEN_EXISTS' });
  });

  test('is refused from the moment it is revoked, and its name is free again', async () => {
    await using engine = await makeHttpEngine();
    const client = await engine.client();
    const { secret } = await client.tokens.create({ name: 'ci', role: 'operate' });
    const ask = () => engine.ask('/api/v1/me', { headers: engine.bearer(secret) });
    expect((await ask()).json()).toMatchObject({
      tenant: 'default',
      actor: 'token:ci',
      role: 'operate',
      operator: false,
    });
    expect((await client.tokens.list({})).tokens[0]?.lastUsedAt).not.toBeNull();
    await client.tokens.revoke({ token: 'ci' });
    const refused = await ask();
    expect(refused.status).toBe(401);
    expect(refused.json()).toMatchObject({ code: 'NOT_SIGNED_IN', action: someText });
    expect(engine.log.at(-1)).toMatchObject({ level: 'warn', text: like(/token/) });
    await expect(client.tokens.revoke({ token: 'ci' })).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    await client.tokens.create({ name: 'ci', role: 'read' });
  });

  test('is refused when its time is over', async () => {
    await using engine = await makeHttpEngine();
    const client = await engine.client();
    const { secret } = await client.tokens.create({ name: 'short', role: 'read', lifetimeMs: 60_000 });
    const ask = () => engine.ask('/api/v1/me', { headers: engine.bearer(secret) });
    expect((await ask()).status).toBe(200);
    const now = Date.now;
    Date.now = () => now() + 61_000;
    try {
      expect((await ask()).status).toBe(401);
      expect((await client.tokens.list({})).tokens).toMatchObject([{ name: 'short', expired: true }]);
    } finally {
      Date.now = now;
    }
  });

  test.each([
    'Bearer',
    'Bearer ',
    'Bearer hf_',
    `Bearer hf_${'a'.repeat(43)}`,
    'Basic YTpi',
    `Bearer ${'x'.repeat(9000)}`,
    'hf_x',
  ])('that nobody made is refused, as %j, whatever cookie comes with it', async (authorization) => {
    await using engine = await makeHttpEngine();
    const page = await engine.signIn();
    const answer = await engine.ask('/api/v1/me', { headers: { ...page, authorization, origin: engine.origin } });
    expect(answer.status).toBe(401);
  });

  test.each(roles)('of the role %s may do what the table of rights says, and nothing else', async (role) => {
    await using engine = await makeHttpEngine();
    const token = await engine.token(role);
    for (const [name, required] of Object.entries(rights)) {
      // What is refused is refused before anybody looks at the input, so that nothing of this is ever done.
      const body = { json: 'no call takes a text' };
      const path = `/rpc/${name.replaceAll('.', '/')}`;
      const answer = await engine.ask(path, { method: 'POST', headers: engine.bearer(token), body });
      const { code } = (answer.json() as { json: { code: string } }).json;
      expect(code, `${name} with ${role}`).toBe(covers(role, required) ? 'BAD_USAGE' : 'FORBIDDEN');
    }
  });

  test('opens no repository by its place, unless it is one of an admin', async () => {
    await using engine = await makeHttpEngine();
    const repository = { location: '/somewhere', password: 'guessed' };
    const ask = async (role: 'read' | 'operate' | 'admin') => {
      const client = engine.rpc(engine.bearer(await engine.token(role)));
      return client.snapshots.list({ repository });
    };
    await expect(ask('read')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(ask('operate')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(ask('admin')).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
    const operator = engine.rpc(engine.bearer(await engine.token('operate')));
    for (const location of ['/etc', 'rest:http://127.0.0.1:9/'])
      await expect(operator.repositories.inspect({ location })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('of one tenant sees nothing of another', async () => {
    await using engine = await makeHttpEngine();
    const theirs = await engine.client('theirs');
    const place = join(engine.home, '..', 'theirs');
    await mkdir(place);
    const owner = await engine.client();
    const grants = { folders: [place], commands: false, machineCredentials: false };
    await owner.tenants.grant({ tenant: 'theirs', grants });
    const repository = { location: join(place, 'repository'), password };
    await theirs.repository.init({ repository });
    const folder = join(place, 'folder');
    await mkdir(folder);
    const definition = {
      kind: 'folder' as const,
      name: 'secret plans',
      paths: [folder],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      commands: { before: null, after: null },
      tags: [],
      rpoMs: null,
    };
    await theirs.sources.add({ repository, source: definition });
    for await (const _ of await theirs.protection.protect({ repository, paths: [folder], allowEmpty: true }));
    const ask = async (tenant: string) => {
      const client = engine.rpc(engine.bearer(await engine.token('admin', tenant)));
      return {
        tenant: (await client.console.me({})).tenant,
        jobs: (await client.jobs.list({ all: true })).jobs.length,
        sources: (await client.sources.list({})).sources.map(({ name }) => name),
        tokens: (await client.tokens.list({})).tokens.map(({ tenant: of }) => of),
      };
    };
    expect(await ask('theirs')).toMatchObject({ tenant: 'theirs', sources: ['secret plans'], tokens: ['theirs'] });
    expect((await ask('theirs')).jobs).toBeGreaterThan(0);
    expect(await ask('ours')).toEqual({ tenant: 'ours', jobs: 0, sources: [], tokens: ['ours'] });
    const ours = engine.rpc(engine.bearer(await engine.token('admin', 'ours')));
    const [job] = (await theirs.jobs.list({ all: true })).jobs;
    expect(await failureOf(ours.jobs.show({ job: job?.id ?? '' }))).toMatchObject({ code: 'JOB_NOT_FOUND' });
    const [token] = (await theirs.tokens.list({})).tokens;
    expect(await failureOf(ours.tokens.revoke({ token: token?.id ?? '' }))).toMatchObject({ code: 'TOKEN_NOT_FOUND' });
  });
});

describe('a call of the console', () => {
  test('comes back as the contract says, and a failure with its code, meaning and action', async () => {
    await using engine = await makeHttpEngine();
    const client = engine.rpc(engine.bearer(await engine.token('admin')));
    const repository = { location: join(engine.home, 'repository'), password };
    const made = await client.repository.init({ repository });
    expect(made).toMatchObject({ version: 2 });
    const wrong = failureOf(client.repository.info({ repository: { ...repository, password: 'wrong' } }));
    expect(await wrong).toEqual({
      code: 'WRONG_PASSWORD',
      message: someText,
      meaning: someText,
      action: someText,
    });
    const invalid = client.jobs.show({ job: 'not hexadecimal' });
    await expect(invalid).rejects.toMatchObject({
      code: 'BAD_USAGE',
      status: 400,
      data: { wrongInput: [{ path: ['job'], message: someText }] },
    });
  });

  test('that streams ends with its result, and its job is stopped when the reader leaves', async () => {
    await using engine = await makeHttpEngine();
    const client = engine.rpc(engine.bearer(await engine.token('admin')));
    const repository = { location: join(engine.home, 'repository'), password };
    await (await engine.client()).repository.init({ repository });
    const small = join(engine.home, '..', 'small');
    await mkdir(small);
    await writeFile(join(small, '<img src=x onerror=alert(1)>'), 'content');
    const types: string[] = [];
    for await (const event of await client.protection.protect({ repository, paths: [small] })) types.push(event.type);
    expect([types[0], types.at(-1)]).toEqual(['job', 'done']);

    const large = await makeLarge(engine);
    await untilMoving(client, repository, large, (events) => events.return?.());
    const abort = new AbortController();
    await untilMoving(client, repository, large, () => abort.abort(), abort.signal);
    for (const job of (await client.jobs.list({})).jobs.filter(({ title }) => title === large)) {
      for await (const last of await client.jobs.follow({ job: job.id })) void last;
      expect((await client.jobs.show({ job: job.id })).state).toBe('cancelled');
    }
  });

  test('that streams is told when the engine ends, and the engine ends', async () => {
    const engine = await makeHttpEngine();
    try {
      const client = engine.rpc(engine.bearer(await engine.token('admin')));
      const repository = { location: join(engine.home, 'repository'), password };
      await (await engine.client()).repository.init({ repository });
      const large = await makeLarge(engine);
      const stopping: Promise<void>[] = [];
      const read = async (): Promise<void> => {
        for await (const event of await client.protection.protect({ repository, paths: [large] })) {
          if (event.type === 'progress' && stopping.length === 0) stopping.push(engine.stop());
        }
      };
      expect(await failureOf(read())).toMatchObject({ code: 'ENGINE_STOPPED' });
      await Promise.all(stopping);
      await expect(engine.ask('/login')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    } finally {
      await engine[Symbol.asyncDispose]();
    }
  });

  test('is one of few that a client may have open', async () => {
    await using engine = await makeHttpEngine({ limits: { streamsPerClient: 2 } });
    const repository = { location: join(engine.home, 'repository'), password };
    await (await engine.client()).repository.init({ repository });
    const large = await makeLarge(engine);
    const client = engine.rpc(engine.bearer(await engine.token('admin')));
    const open = () => client.protection.protect({ repository, paths: [large] });
    const streams = [await open(), await open()];
    for (const stream of streams) await stream.next();
    expect(await failureOf(open())).toMatchObject({ code: 'ENGINE_BUSY' });
    const other = engine.rpc(engine.bearer(await engine.token('read')));
    expect(await other.jobs.list({})).toHaveProperty('jobs');
    for (const stream of streams) await stream.return?.();
    // The places are free again once the engine has noticed.
    await expect
      .poll(() => failureOf(open().then((stream) => stream.return?.())), { timeout: 20_000 })
      .toBe('no failure');
  });

  test('carries markup in names as data', async () => {
    await using engine = await makeHttpEngine();
    const token = await engine.token('admin');
    const repository = { location: join(engine.home, 'repository'), password };
    const client = await engine.client();
    await client.repository.init({ repository });
    const name = '<script>alert(1)</script>';
    const folder = join(engine.home, '..', 'folder');
    await mkdir(join(folder, '<b>'), { recursive: true });
    await writeFile(join(folder, '<b>', 'x"><img src=x onerror=alert(1)>'), 'content');
    for await (const _ of await client.protection.protect({ repository, paths: [folder], source: name }));
    const listed = await engine.ask('/api/v1/snapshots/list', {
      method: 'POST',
      headers: engine.bearer(token),
      body: { repository },
    });
    expect(listed.headers).toMatchObject({
      'content-type': like(/^application\/json/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': like(/default-src 'none'/),
    });
    expect(listed.json()).toMatchObject({ snapshots: [{ source: name }] });
    const held = await engine.ask('/api/v1/snapshots/ls', {
      method: 'POST',
      headers: engine.bearer(token),
      body: { repository, snapshot: 'latest', recursive: true },
    });
    expect(held.headers['content-type']).toBe('text/event-stream');
    expect(held.headers['x-content-type-options']).toBe('nosniff');
    expect(held.text).toContain('onerror=alert(1)');
    const wrong = await engine.ask('/api/v1/sources/remove', {
      method: 'POST',
      headers: engine.bearer(token),
      body: { repository, name: '<img src=x>' },
    });
    expect(wrong.status).toBe(404);
    expect(wrong.headers['content-type']).toMatch(/^application\/json/);
    expect(wrong.json()).toMatchObject({ code: 'SOURCE_UNKNOWN' });
  });
});

describe('the REST API', () => {
  test('documents every call of the contract, with what it asks for and how it fails', async () => {
    await using engine = await makeHttpEngine();
    const { document, calls } = await documented(engine);
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
    expect(document).toMatchObject({
      openapi: like(/^3\.1\./),
      info: { title: 'Holdfast', version: 'test' },
      security: [{ token: [] }],
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
        schemas: { Error: something },
      },
    });
    expect(calls.map(({ operation }) => operation.operationId).sort()).toEqual(
      callsOf(contract)
        .map(({ name }) => name)
        .sort(),
    );
    for (const { path, method, operation } of calls) {
      expect(path).toMatch(/^(?:\/(?:[a-z][a-z-]*|\{[a-z]+\}))+$/);
      expect(operation.summary.length, path).toBeGreaterThan(5);
      expect(operation.tags).toHaveLength(1);
      expect(operation['x-holdfast-role']).toBe((rights as Record<string, string>)[operation.operationId]);
      expect(operation.responses).toHaveProperty('200');
      expect(operation.responses['default']).toEqual({ $ref: '#/components/responses/Error' });
      // Passwords and paths have no place in an address.
      const parameters = (operation.parameters ?? []).filter(({ in: where }) => where === 'path' || where === 'query');
      const named = parameters.map(({ name }) => name);
      expect(
        named.filter(
          (name) =>
            !['job', 'token', 'session', 'id', 'run', 'open', 'all', 'before', 'limit', 'after', 'kind'].includes(name),
        ),
        path,
      ).toEqual([]);
      // A browser may be made to ask these by a foreign page: they change nothing.
      if (method === 'get')
        expect([operation.requestBody, operation['x-holdfast-role']], path).toEqual([
          undefined,
          path === '/tokens' || path === '/sessions' ? 'admin' : 'read',
        ]);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter(({ in: where }) => where === 'path').map(({ name }) => name)).toEqual(inPath);
    }
    // Whatever is referred to is there.
    for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
      const target = pointer
        .split('/')
        .slice(1)
        .reduce<unknown>((part, step) => (part as Record<string, unknown> | undefined)?.[step], document);
      expect(target, pointer).toBeDefined();
    }
  });

  test('answers at every address that it documents', async () => {
    await using engine = await makeHttpEngine();
    const { calls } = await documented(engine);
    const token = await engine.token('read');
    // Those never end; there are tests of their own.
    for (const { path, method, operation } of calls.filter(
      ({ path: address }) => address !== '/live' && address !== '/events',
    )) {
      const address = `/api/v1${path.replace('{job}', 'ffff').replace('{token}', 'nobody').replace('{run}', 'ffff').replace('{id}', 'f'.repeat(16)).replace('{session}', 'f'.repeat(16))}`;
      const answer = await engine.ask(address, {
        method: method.toUpperCase(),
        headers: engine.bearer(token),
        ...(method === 'post' && { body: {} }),
      });
      const text = `${operation.operationId}: ${answer.status} ${answer.text}`;
      if (operation['x-holdfast-role'] !== 'read') expect(answer.status, text).toBe(403);
      else expect([200, 400, 404], text).toContain(answer.status);
      const body = answer.json() as { code?: string };
      if (answer.status === 404) expect(body.code, text).toMatch(/^(?:JOB|RUN)_NOT_FOUND$/);
      if (answer.status === 400) expect(body, text).toMatchObject({ code: 'BAD_USAGE', issues: something });
    }
  });

  test('tells in the middle of a stream what went wrong, as everywhere', async () => {
    await using engine = await makeHttpEngine();
    const repository = { location: join(engine.home, 'repository'), password };
    await (await engine.client()).repository.init({ repository });
    const answer = await engine.ask('/api/v1/protect', {
      method: 'POST',
      headers: engine.bearer(await engine.token('admin')),
      body: { repository, paths: [join(engine.home, 'nowhere')] },
    });
    expect(answer.status).toBe(200);
    const data = /event: error\ndata: (.*)/.exec(
      answer.text.replaceAll(/event:\s*/g, 'event: ').replaceAll(/data:\s*/g, 'data: '),
    )?.[1];
    expect(JSON.parse(data ?? '{}')).toEqual({
      code: 'SOURCE_NOT_FOUND',
      message: someText,
      meaning: someText,
      action: someText,
    });
  });

  test("follows the engine's state for as long as somebody reads", async () => {
    await using engine = await makeHttpEngine();
    const answer = await fetch(`${engine.origin}/api/v1/live`, { headers: engine.bearer(await engine.token('read')) });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    while (!heard.includes('\n\nevent:') && !heard.includes('"type":"state"'))
      heard += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    expect(heard).toContain('"sequence":');
  });

  test('takes numbers and truth values in an address', async () => {
    await using engine = await makeHttpEngine();
    const headers = engine.bearer(await engine.token('read'));
    expect((await engine.ask('/api/v1/jobs?all=true&limit=7', { headers })).json()).toMatchObject({ jobs: [] });
    for (const query of ['limit=seven', 'limit=0', 'all=perhaps', 'limit=1&limit=2', 'limit[x]=1']) {
      const answer = await engine.ask(`/api/v1/jobs?${query}`, { headers });
      expect([answer.status, (answer.json() as { code: string }).code], query).toEqual([400, 'BAD_USAGE']);
    }
  });

  test('has a query in an address only where the contract asks for flat text, numbers and truth values', () => {
    for (const { name, procedure } of callsOf(contract)) {
      const { inputSchema, outputSchema } = procedure as { inputSchema?: AnySchema; outputSchema?: AnySchema };
      expect(inputSchema, name).toBeInstanceOf(z.ZodObject);
      expect(getEventIteratorSchemaDetails(outputSchema)?.yields ?? outputSchema, name).toBeDefined();
    }
  });
});

/** A folder that takes a while to protect: its one file is read under every name it has. */
async function makeLarge(engine: HttpEngine): Promise<string> {
  const folder = join(engine.home, '..', 'large');
  await mkdir(folder);
  await writeFile(join(folder, 'file'), randomBytes(60 * 1024 * 1024));
  for (let name = 0; name < 60; name++) await link(join(folder, 'file'), join(folder, `name ${name}`));
  return folder;
}

/** Protects until something moves, leaves, and waits for the end of the stream. */
async function untilMoving(
  client: ContractClient,
  repository: { location: string; password: string },
  path: string,
  leave: (events: AsyncIterator<unknown>) => unknown,
  signal?: AbortSignal,
): Promise<void> {
  const events = await client.protection.protect({ repository, paths: [path] }, signal === undefined ? {} : { signal });
  try {
    for (;;) {
      const step = await events.next();
      if (step.done === true) throw new Error('it ended before it was left');
      if (step.value.type !== 'progress') continue;
      await leave(events);
      if (signal === undefined) return;
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
