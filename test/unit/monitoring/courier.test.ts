import { expect, test } from 'vitest';
import type { DeliveryRow } from '../../../electron/engine/catalog/deliveries.ts';
import { Courier, type CourierOptions } from '../../../electron/engine/monitoring/courier.ts';

const caller = { tenant: 'default', actor: 'test' };
const row: DeliveryRow = {
  delivery: 'd1',
  route: 'desktop',
  alert: null,
  kind: 'raise',
  occasion: '',
  state: 'queued',
  attempts: 0,
  queuedAtMs: 0,
  nextAtMs: 0,
  endedAtMs: null,
  problem: null,
};

test('what two rounds have found to be due is sent once, also where the second begins after the first has ended', async () => {
  const tried: unknown[] = [];
  let isSettled = false;
  const secondMayGoOn = Promise.withResolvers<void>();
  let rounds = 0;
  const catalog = {
    read: async (name: string) => (name !== 'deliveries.due' ? [] : isSettled ? [] : [row]),
    write: async (name: string) => {
      if (name === 'deliveries.trying') tried.push(name);
      if (name === 'deliveries.settle') isSettled = true;
    },
  } as unknown as CourierOptions['catalog'];
  const definition = {
    name: 'Desktop',
    enabled: true,
    target: { kind: 'desktop' },
    atLeast: 'warning',
    remindEveryMs: null,
    timeoutMs: 1000,
    retries: 0,
  };
  const routes = {
    // The second round reads the routes until the first is over.
    list: async () => {
      rounds += 1;
      if (rounds === 2) await secondMayGoOn.promise;
      return [{ id: 'desktop', definition }];
    },
    secretsOf: async () => ({}),
  } as unknown as CourierOptions['routes'];
  const consoleOf = () => ({ hostname: 'here', tenant: 'default', zone: 'UTC' });
  const courier = new Courier({ catalog, routes, nowMs: () => 0, consoleOf, notifyDesktop: null });
  const first = courier.round(caller);
  const second = courier.round(caller);
  await first;
  secondMayGoOn.resolve();
  await second;
  expect(tried).toHaveLength(1);
});
