/** Every call of the contract, by every role, of tenants in every standing: taken from the contract itself. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContractClient } from '../../../electron/engine/engine.ts';
import { rights } from '../../../shared/contract/rights.ts';
import { tenantRuleOf } from '../../../shared/contract/tenant-rules.ts';
import { covers, roles, type Role } from '../../../shared/model/roles.ts';
import { contractCalls, inputOf, namesIn, type ContractCall } from '../../support/contract-inputs.ts';
import { makeTwoTenants, ownersMark, tenant, type TwoTenants } from '../../support/two-tenants.ts';

const calls = contractCalls();
const rightOf = (name: string): Role => rights[name as keyof typeof rights];
const ruleOf = (name: string): string => tenantRuleOf[name as keyof typeof tenantRuleOf];

/** What answers for as long as somebody listens. */
const patienceMs = 20_000;
const someEvents = 3;

let scene: TwoTenants;
beforeAll(async () => {
  scene = await makeTwoTenants();
}, 180_000);
afterAll(() => scene[Symbol.asyncDispose]());

type Told = { readonly code: string; readonly message: string; readonly answer: unknown };

async function ask(client: ContractClient, call: ContractCall, input: unknown): Promise<Told> {
  const signal = AbortSignal.timeout(patienceMs);
  const procedure = call.path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], client) as (
    input: unknown,
    options: { signal: AbortSignal },
  ) => Promise<unknown>;
  try {
    const answer = await procedure(input, { signal });
    return {
      code: 'ANSWERED',
      message: '',
      answer: isStream(answer) ? await some(answer, isEndless(call.name)) : answer,
    };
  } catch (error) {
    const report = (error as { data?: { report?: { code: string; message: string } } }).data?.report;
    if (report === undefined) return { code: (error as Error).name, message: String(error), answer: null };
    return { ...report, answer: report };
  }
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

function isEndless(name: string): boolean {
  return name === 'live.watch' || name === 'jobs.follow' || name === 'events.follow';
}

/** A job has another id each time. */
async function some(events: AsyncIterable<unknown>, endless: boolean): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const event of events) {
    if ((event as { type?: string }).type !== 'job') seen.push(event);
    if (endless && seen.length >= someEvents) break;
  }
  return seen;
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
    }),
  );
}

describe('the table of calls', () => {
  test('has a rule and a role for each call there is, and for no other', () => {
    const names = calls.map(({ name }) => name).toSorted();
    expect(Object.keys(tenantRuleOf).toSorted()).toEqual(names);
    expect(Object.keys(rights).toSorted()).toEqual(names);
  });
});

describe('whoever has not the right', () => {
  test('is refused each call that asks for more, whatever the tenant, before its input is looked at', async () => {
    const wrong: string[] = [];
    for (const of of ['default', tenant]) {
      for (const role of roles.filter((one) => one !== 'admin')) {
        const client = scene.engine.rpc(scene.engine.bearer(await scene.engine.token(role, of)));
        await inTurns(calls, async (call) => {
          const isOperators = of !== 'default' && ruleOf(call.name) === 'operator';
          const expected = isOperators ? 'OPERATOR_ONLY' : covers(role, rightOf(call.name)) ? null : 'FORBIDDEN';
          if (expected === null) return;
          const { code } = await ask(client, call, {});
          if (code !== expected) wrong.push(`${call.name}, ${role} of ${of}: ${code} in place of ${expected}`);
        });
      }
    }
    expect(wrong).toEqual([]);
  });

  test('is refused what is the operator’s also as admin of a tenant', async () => {
    const wrong: string[] = [];
    await inTurns(
      calls.filter(({ name }) => ruleOf(name) === 'operator'),
      async (call) => {
        const { code } = await ask(scene.theirs, call, {});
        if (code !== 'OPERATOR_ONLY') wrong.push(`${call.name}: ${code}`);
      },
    );
    expect(wrong).toEqual([]);
  });

  test('may not act for another tenant, be there one of that name or not', async () => {
    const told: string[] = [];
    for (const [of, role] of [
      [tenant, 'admin'],
      ['default', 'operate'],
      ['default', 'read'],
    ] as const) {
      const bearer = scene.engine.bearer(await scene.engine.token(role, of));
      for (const wanted of ['default', tenant, 'nobody']) {
        if (wanted === of) continue;
        const client = scene.engine.rpc({ ...bearer, 'x-holdfast-tenant': wanted });
        const { code, message } = await ask(client, callNamed('console.me'), {});
        told.push(`${code} ${message}`);
      }
    }
    expect([...new Set(told)]).toEqual(['FORBIDDEN Whoever asks may not act for another tenant.']);
  });
});

describe('the operator', () => {
  test('acts for a tenant, and both records say so', async () => {
    const { engine, owner } = scene;
    const bearer = engine.bearer(await engine.token('admin'));
    const client = engine.rpc({ ...bearer, 'x-holdfast-tenant': tenant });
    expect(await client.console.me({})).toMatchObject({ tenant, tenantTitle: 'Acme', operator: true, acting: true });
    await client.settings.set({ repository: { id: scene.tenantsRepository }, key: 'prune.days', value: 9 });
    const ofTenant = await scene.theirs.evidence.calls({});
    const ofOwner = await owner.evidence.calls({});
    expect(JSON.stringify(ofTenant)).toContain('operator token:');
    expect(JSON.stringify(ofOwner)).toContain(`, for ${tenant}`);
  });

  test('is told that there is no such tenant', async () => {
    const client = scene.engine.rpc({
      ...scene.engine.bearer(await scene.engine.token('admin')),
      'x-holdfast-tenant': 'nobody',
    });
    expect(await ask(client, callNamed('sources.list'), {})).toMatchObject({ code: 'TENANT_UNKNOWN' });
  });
});

describe('a tenant that names what is another’s', () => {
  const unknown = (name: string): string => {
    const value = scene.ids[name] ?? '';
    if (/^[0-9a-f]{16}$/.test(value)) return 'f0'.repeat(8);
    return /^[0-9a-f]{64}$/.test(value) ? 'f0'.repeat(32) : 'never there';
  };
  const real = (name: string): string => scene.ids[name] ?? '';
  /** What was sent may come back in words, and times are those of the answer; nothing else of it may differ. */
  const without = (told: unknown, given: (name: string) => string): string =>
    Object.keys(scene.ids)
      .filter((name) => name !== 'tenant')
      .map((name) => given(name))
      .flatMap((value) => (/^[0-9a-f]{16,}$/.test(value) ? [value, value.slice(0, 8)] : [value]))
      .toSorted((a, b) => b.length - a.length)
      .reduce((text, value) => text.replaceAll(value, '…'), JSON.stringify(told))
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')
      .replaceAll(/"(?:durationMs|workedMs|uptimeSeconds|memoryBytes|revision)":[\d.]+/g, '""');
  const namesOf = (call: ContractCall): string[] => namesIn(call.schema).filter((name) => name in scene.ids);
  /** With a repository of its own what else is named could be found; with another's, not even that. */
  const ways = [true, false];
  const askNaming = async (call: ContractCall, keepsOwn: boolean, given: (name: string) => string): Promise<Told> => {
    const isOwn = (name: string): boolean => keepsOwn && name === 'id' && !call.name.startsWith('repositories.');
    const names = new Set(namesOf(call));
    const input = inputOf(call.schema, (name) =>
      names.has(name) ? (isOwn(name) ? scene.tenantsRepository : given(name)) : null,
    );
    // Calls beside it have the repository of its own to themselves for a while.
    for (;;) {
      const told = await ask(scene.theirs, call, input);
      if (told.code !== 'REPOSITORY_LOCKED') return told;
      await sleep(50);
    }
  };
  const tried = calls.filter(({ name }) => ruleOf(name) !== 'operator');

  test('reads nothing of it, and the very answer that something unknown gets', async () => {
    const wrong: string[] = [];
    await inTurns(
      tried.filter(({ name }) => rightOf(name) === 'read'),
      async (call) => {
        for (const keepsOwn of ways) {
          const nothing = await askNaming(call, keepsOwn, unknown);
          const other = without(nothing, unknown);
          if (JSON.stringify(nothing).includes(ownersMark)) wrong.push(`${call.name} tells ${other}`);
          if (namesOf(call).length === 0) break;
          const one = without(await askNaming(call, keepsOwn, real), real);
          if (one !== other) wrong.push(`${call.name}: ${differenceOf(one, other)}`);
        }
      },
    );
    expect(wrong).toEqual([]);
  });

  test('changes nothing of it, and gets the very answer that something unknown gets', async () => {
    // What the next call would be answered by otherwise.
    const left = new Set([
      'incidents.freeze',
      'incidents.end',
      'schedule.pause',
      'schedule.resume',
      'keys.add',
      'keys.passwd',
      'cases.open',
      // The tenant's own records name what it has asked for before.
      'evidence.calls',
    ]);
    const changing = tried.filter(({ name }) => rightOf(name) !== 'read' && !left.has(name));
    const answers = new Map<string, { readonly code: string; readonly words: string }>();
    const wrong: string[] = [];
    const before = JSON.stringify(await ownersThings());
    for (const given of [unknown, real]) {
      await inTurns(changing, async (call) => {
        for (const keepsOwn of ways) {
          const told = await askNaming(call, keepsOwn, given);
          const words = without(told.message, given).replaceAll(/[0-9a-f]{8,}/g, '…');
          const key = `${call.name} ${keepsOwn}`;
          const first = answers.get(key);
          answers.set(key, { code: told.code, words });
          if (given === unknown && JSON.stringify(told.answer).includes(ownersMark))
            wrong.push(`${key} tells ${JSON.stringify(told.answer).slice(0, 400)}`);
          if (first !== undefined && (first.code !== told.code || first.words !== words))
            wrong.push(`${key}: ${told.code} ${words} and not ${first.code} ${first.words}`);
        }
      });
    }
    expect(wrong).toEqual([]);
    expect(JSON.stringify(await ownersThings())).toBe(before);
  });

  async function ownersThings(): Promise<unknown> {
    const { owner, ownersRepository } = scene;
    const access = { repository: { id: ownersRepository } };
    return {
      sources: (await owner.sources.list({})).sources,
      repositories: (await owner.repositories.list({})).repositories.map(({ id, name, primary }) => [
        id,
        name,
        primary,
      ]),
      snapshots: (await owner.snapshots.list(access)).snapshots.map(({ id }) => id),
      tokens: (await owner.tokens.list({})).tokens.map(({ id, name }) => [id, name]),
      runs: (await owner.restoreRuns.list({})).runs.map(({ id, state }) => [id, state]),
      profiles: await owner.profiles.list({}),
    };
  }

  test('is refused a repository of another, though it has its password, in words that say nothing of it', async () => {
    const { owner, theirs, password, tenantsFolder } = scene;
    const location = join(tenantsFolder, 'lent');
    await owner.repositories.create({ location, password, name: `${ownersMark} lent` });
    const refused = {
      code: 'REPOSITORY_REFUSED',
      message: 'This repository cannot be used here.',
    };
    expect(await ask(theirs, callNamed('repositories.connect'), { location, password })).toMatchObject(refused);
    const repository = { location, password };
    expect(await ask(theirs, callNamed('snapshots.list'), { repository })).toMatchObject(refused);
    expect(await ask(owner, callNamed('snapshots.list'), { repository })).toMatchObject({ code: 'ANSWERED' });
  });
});

describe('a tenant that is suspended', () => {
  test('is refused everything by its own logins, and looked at by the operator alone', async () => {
    const { engine, owner, theirs } = scene;
    const session = engine.rpc(engine.bearer(await engine.token('admin', tenant)));
    const watched = (await session.live.watch({}))[Symbol.asyncIterator]();
    expect((await watched.next()).value).toMatchObject({ type: 'state' });
    await owner.tenants.suspend({ tenant, reason: 'a test' });
    const ended = async (): Promise<void> => {
      while ((await watched.next()).done !== true);
    };
    await ended().catch(() => undefined);
    const wrong: string[] = [];
    await inTurns(calls, async (call) => {
      const { code } = await ask(theirs, call, {});
      if (code !== 'TENANT_CLOSED') wrong.push(`${call.name}: ${code}`);
    });
    expect(wrong).toEqual([]);
    const operator = engine.rpc({ ...engine.bearer(await engine.token('admin')), 'x-holdfast-tenant': tenant });
    expect((await operator.sources.list({})).sources).toHaveLength(1);
    expect(await ask(operator, callNamed('schedule.pause'), {})).toMatchObject({ code: 'TENANT_CLOSED' });
    await owner.tenants.resume({ tenant });
    expect((await theirs.sources.list({})).sources).toHaveLength(1);
  });

  test('and one that is retired has no tokens, and cannot be made again', async () => {
    const { owner, engine, theirs } = scene;
    const retired = await owner.tenants.retire({ tenant, reason: 'over' });
    expect(retired.repositories).toMatchObject([{ primary: true, configured: true, reachableElsewhere: false }]);
    expect(await ask(theirs, callNamed('console.me'), {})).toMatchObject({ code: 'NOT_SIGNED_IN' });
    expect(await ask(owner, callNamed('tenants.add'), { tenant })).toMatchObject({ code: 'HoldfastError' });
    const operator = engine.rpc({ ...engine.bearer(await engine.token('admin')), 'x-holdfast-tenant': tenant });
    expect((await operator.sources.list({})).sources).toHaveLength(1);
  });
});

function differenceOf(one: string, other: string): string {
  const at = one.split('').findIndex((character, index) => character !== other[index]);
  return `${one.slice(Math.max(0, at - 60), at + 200)} and not ${other.slice(Math.max(0, at - 60), at + 200)}`;
}

function callNamed(wanted: string): ContractCall {
  const found = calls.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`there is no call ${wanted}`);
  return found;
}
