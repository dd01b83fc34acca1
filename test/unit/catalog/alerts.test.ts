import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import type { DeliveryRow } from '../../../electron/engine/catalog/deliveries.ts';
import type { RoutePolicy } from '../../../shared/model/alert-routing.ts';
import type { Caller } from '../../../shared/contract/common.ts';
import type { Condition, Unknown } from '../../../shared/model/alerts.ts';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import { alice, bob, makeCatalogHome } from '../../support/catalog-home.ts';

const hour = 3_600_000;
const mail: RoutePolicy = { route: 'mail', atLeast: 'warning', remindEveryMs: 24 * hour };
const pager: RoutePolicy = { route: 'pager', atLeast: 'error', remindEveryMs: null };

function fact(subject: string, more: Partial<Condition> = {}): Condition {
  const texts = { title: `${subject} is overdue`, detail: 'Too old.', todo: 'Protect it.' };
  return { rule: 'overdue', kind: 'source', subject, level: 'error', occasion: '', ...texts, ...more };
}

/** A catalog, its clock, and a postman who brings everything at once. */
class Office {
  readonly catalog: Catalog;
  readonly caller: Caller;
  nowMs = Date.parse('2026-11-25T12:00:00Z');
  routes: readonly RoutePolicy[] = [mail];

  constructor(catalog: Catalog, caller = alice) {
    this.catalog = catalog;
    this.caller = caller;
  }

  async look(conditions: readonly Condition[], unknown: readonly Unknown[] = []) {
    const { routes, nowMs } = this;
    return this.catalog.write('alerts.reconcile', this.caller, { conditions, unknown, routes, nowMs });
  }

  async deliver(problem: string | null = null, againAfterMs: number | null = null): Promise<void> {
    for (const { delivery } of await this.catalog.read('deliveries.due', this.caller, {
      nowMs: this.nowMs,
      limit: 1000,
    })) {
      const nextAtMs = againAfterMs === null ? null : this.nowMs + againAfterMs;
      await this.catalog.write('deliveries.trying', this.caller, { deliveries: [delivery] });
      await this.catalog.write('deliveries.settle', this.caller, { delivery, atMs: this.nowMs, problem, nextAtMs });
    }
  }

  async told(): Promise<string[]> {
    const all = await this.all();
    return all.map(({ route, kind, state }) => `${route} ${kind} ${state}`);
  }

  /** Oldest first. */
  async all(): Promise<DeliveryRow[]> {
    const list = await this.catalog.read('deliveries.list', this.caller, { route: null, before: null, limit: 1000 });
    return list.toReversed();
  }

  async open() {
    return (await this.catalog.read('alerts.open', this.caller, { limit: 100 })).alerts;
  }

  async theOne(): Promise<string> {
    const [alert] = await this.open();
    return alert?.alert ?? 'none is open';
  }
}

async function withOffice(use: (office: Office) => Promise<void>): Promise<void> {
  await using place = await makeCatalogHome();
  await use(new Office(place.open()));
}

const refused = (code: ErrorCode) => expect.objectContaining({ code }) as unknown;

describe('an alert', () => {
  test('is raised once, told once, reminded of, and ended once', async () => {
    await withOffice(async (office) => {
      for (let look = 0; look < 3; look += 1) {
        await office.look([fact('payroll')]);
        await office.deliver();
      }
      expect(await office.told()).toEqual(['mail raise sent']);
      office.nowMs += 24 * hour;
      await office.look([fact('payroll')]);
      await office.deliver();
      await office.look([fact('payroll')]);
      office.nowMs += hour;
      await office.look([]);
      await office.deliver();
      await office.look([]);
      expect(await office.told()).toEqual(['mail raise sent', 'mail remind sent', 'mail resolve sent']);
      expect(await office.open()).toEqual([]);
    });
  });

  test('that comes back is another one', async () => {
    await withOffice(async (office) => {
      for (const conditions of [[fact('payroll')], [], [fact('payroll')]]) {
        await office.look(conditions);
        await office.deliver();
      }
      expect(await office.told()).toEqual(['mail raise sent', 'mail resolve sent', 'mail raise sent']);
    });
  });

  test('in other words stays the same one, and nobody is told again', async () => {
    await withOffice(async (office) => {
      await office.look([fact('payroll', { rule: 'run-failed', occasion: 'run 1' })]);
      await office.deliver();
      const before = await office.theOne();
      await office.look([fact('payroll', { rule: 'run-failed', occasion: 'run 2', detail: 'Another reason.' })]);
      await office.deliver();
      expect(await office.open()).toMatchObject([{ alert: before, detail: 'Another reason.', occasion: 'run 2' }]);
      expect(await office.told()).toEqual(['mail raise sent']);
    });
  });

  test('of which nothing can be said now is left as it is', async () => {
    await withOffice(async (office) => {
      await office.look([fact('payroll'), fact('photos')]);
      await office.look([], [{ rule: 'overdue', subject: 'payroll' }]);
      expect(await office.open()).toMatchObject([{ subject: 'payroll' }]);
      await office.look([], [{ rule: 'overdue', subject: null }]);
      expect(await office.open()).toMatchObject([{ subject: 'payroll' }]);
      await office.look([]);
      expect(await office.open()).toEqual([]);
    });
  });

  test('that was over before anybody was told of it is not told at all', async () => {
    await withOffice(async (office) => {
      await office.look([fact('payroll')]);
      await office.look([]);
      await office.deliver();
      expect(await office.told()).toEqual(['mail raise dropped']);
    });
  });

  test('whose first message may have arrived is ended with a message', async () => {
    await withOffice(async (office) => {
      await office.look([fact('payroll')]);
      await office.deliver('no answer in time', hour);
      await office.look([]);
      await office.deliver();
      expect(await office.told()).toEqual(['mail raise dropped', 'mail resolve sent']);
    });
  });

  test('that nobody could be told of is not ended with a message', async () => {
    await withOffice(async (office) => {
      await office.look([fact('payroll')]);
      await office.deliver('refused');
      await office.look([]);
      expect(await office.told()).toEqual(['mail raise failed']);
    });
  });

  test('is told on each route that asks for its level, and not to a route it is about', async () => {
    await withOffice(async (office) => {
      office.routes = [mail, pager];
      await office.look([
        fact('payroll'),
        fact('photos', { rule: 'run-partial', level: 'warning' }),
        fact('mail', { rule: 'route-failing', kind: 'route' }),
      ]);
      const told = (await office.told()).toSorted();
      expect(told).toEqual(['mail raise queued', 'mail raise queued', 'pager raise queued', 'pager raise queued']);
    });
  });

  test('is told to a route that comes later', async () => {
    await withOffice(async (office) => {
      await office.look([fact('payroll')]);
      await office.deliver();
      office.routes = [mail, pager];
      await office.look([fact('payroll')]);
      await office.deliver();
      expect(await office.told()).toEqual(['mail raise sent', 'pager raise sent']);
    });
  });
});

describe('what somebody says about an alert', () => {
  test('acknowledged: no reminders, and one message at its end', async () => {
    await withOffice(async (office) => {
      await office.look([fact('payroll')]);
      await office.deliver();
      await office.catalog.write('alerts.acknowledge', alice, { alert: await office.theOne(), atMs: office.nowMs });
      office.nowMs += 72 * hour;
      await office.look([fact('payroll')]);
      await office.look([]);
      await office.deliver();
      expect(await office.told()).toEqual(['mail raise sent', 'mail resolve sent']);
    });
  });

  test('snoozed: silence until then, one reminder at that time', async () => {
    await withOffice(async (office) => {
      office.routes = [{ ...mail, remindEveryMs: null }];
      await office.look([fact('payroll')]);
      await office.deliver();
      const untilMs = office.nowMs + 50 * hour;
      await office.catalog.write('alerts.snooze', alice, { alert: await office.theOne(), untilMs });
      office.nowMs += 49 * hour;
      await office.look([fact('payroll')]);
      expect(await office.told()).toEqual(['mail raise sent']);
      office.nowMs += 2 * hour;
      for (let look = 0; look < 3; look += 1) {
        await office.look([fact('payroll')]);
        await office.deliver();
      }
      expect(await office.told()).toEqual(['mail raise sent', 'mail remind sent']);
    });
  });

  test('put aside: it does not come back, the next happening does', async () => {
    await withOffice(async (office) => {
      const failed = (run: string) => fact('payroll', { rule: 'run-failed', occasion: run });
      await office.look([failed('run 1')]);
      await office.deliver();
      const input = { alert: await office.theOne(), routes: office.routes, atMs: office.nowMs };
      await office.catalog.write('alerts.resolve', alice, input);
      await office.look([failed('run 1')]);
      expect(await office.open()).toEqual([]);
      await office.look([failed('run 2')]);
      expect(await office.open()).toMatchObject([{ occasion: 'run 2' }]);
    });
  });

  test('what simply is so cannot be put aside, and what is over cannot be changed', async () => {
    await withOffice(async (office) => {
      await office.look([fact('payroll')]);
      const alert = await office.theOne();
      const resolve = office.catalog.write('alerts.resolve', alice, { alert, routes: [], atMs: office.nowMs });
      await expect(resolve).rejects.toEqual(refused('ALERT_STANDS'));
      await expect(office.catalog.write('alerts.reopen', bob, { alert })).rejects.toEqual(refused('ALERT_UNKNOWN'));
      await office.look([]);
      const late = office.catalog.write('alerts.acknowledge', alice, { alert, atMs: office.nowMs });
      await expect(late).rejects.toEqual(refused('ALERT_UNKNOWN'));
    });
  });
});

test('what a clock that was ahead has put off, or queued, is told all the same', async () => {
  await withOffice(async (office) => {
    const right = office.nowMs;
    office.nowMs += 10 * 365 * 24 * hour;
    await office.look([fact('payroll')]);
    await office.deliver('no network yet', hour);
    office.nowMs = right;
    await office.deliver();
    expect(await office.told()).toEqual(['mail raise sent']);
    await office.look([fact('payroll')]);
    await office.deliver();
    await office.look([fact('payroll')]);
    expect(await office.told()).toEqual(['mail raise sent', 'mail remind sent']);
  });
});

test('a health check is told what is new, and what is old news on its way is not told any more', async () => {
  await withOffice(async (office) => {
    const ping = (occasion: string) =>
      office.catalog.write('deliveries.ping', alice, { route: 'check', occasion, atMs: office.nowMs });
    for (const occasion of ['interval 7 ok', 'interval 7 ok', 'interval 7 fail', 'interval 7 ok']) await ping(occasion);
    expect(await office.told()).toEqual(['check ping dropped', 'check ping dropped', 'check ping queued']);
    expect((await office.all()).map(({ occasion }) => occasion)).toEqual([
      'interval 7 ok',
      'interval 7 fail',
      'interval 7 ok',
    ]);
  });
});

test('whatever happens in whatever order, nobody is told the same fact twice', { timeout: 60_000 }, async () => {
  const subjects = ['a', 'b', 'c'];
  const step = fc.oneof(
    fc.record({ kind: fc.constant('look' as const), facts: fc.subarray(subjects), hidden: fc.subarray(subjects) }),
    fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ kind: fc.constant('deliver' as const), works: fc.boolean(), again: fc.boolean() }),
    fc.record({ kind: fc.constant('say' as const), what: fc.constantFrom('acknowledge', 'snooze', 'reopen') }),
  );
  await using place = await makeCatalogHome();
  const catalog = place.open();
  let stories = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const office = new Office(catalog, { tenant: `tenant ${stories++}`, actor: 'test' });
      office.routes = [mail, pager];
      for (const one of steps) {
        if (one.kind === 'look') {
          const unknown = one.hidden.map((subject): Unknown => ({ rule: 'overdue', subject }));
          await office.look(
            one.facts.filter((subject) => !one.hidden.includes(subject)).map((subject) => fact(subject)),
            unknown,
          );
        } else if (one.kind === 'wait') office.nowMs += one.hours * hour;
        else if (one.kind === 'deliver') await office.deliver(one.works ? null : 'refused', one.again ? hour : null);
        else await say(office, one.what);
      }
      await office.look([]);
      await office.deliver();
      expect(await office.open()).toEqual([]);
      const histories = Object.values(Object.groupBy(await office.all(), ({ route, alert }) => `${route} ${alert}`));
      for (const history of histories) mustBeOneStory(history ?? []);
    }),
    { numRuns: 100 },
  );
});

async function say(office: Office, what: string): Promise<void> {
  const [alert] = await office.open();
  if (alert === undefined) return;
  const input = { alert: alert.alert };
  if (what === 'acknowledge')
    await office.catalog.write('alerts.acknowledge', office.caller, { ...input, atMs: office.nowMs });
  else if (what === 'snooze')
    await office.catalog.write('alerts.snooze', office.caller, { ...input, untilMs: office.nowMs + 30 * hour });
  else await office.catalog.write('alerts.reopen', office.caller, input);
}

/** One beginning; reminders a day apart or after a snooze; at most one end, and only of what may have been heard. */
function mustBeOneStory(history: readonly DeliveryRow[]): void {
  const kinds = history.map(({ kind }) => kind);
  expect(kinds[0]).toBe('raise');
  expect(kinds.filter((kind) => kind === 'raise')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'resolve').length).toBeLessThanOrEqual(1);
  expect(kinds.indexOf('resolve')).toBeOneOf([-1, kinds.length - 1]);
  const isHeard = history.some(({ kind, state }) => kind !== 'resolve' && state === 'sent');
  if (isHeard) expect(kinds.at(-1)).toBe('resolve');
  const reminders = history.filter(({ kind }) => kind === 'remind');
  for (const [index, reminder] of reminders.entries()) {
    const before = index === 0 ? history[0] : reminders[index - 1];
    expect(reminder.queuedAtMs - (before?.queuedAtMs ?? 0)).toBeGreaterThanOrEqual(24 * hour);
  }
}
