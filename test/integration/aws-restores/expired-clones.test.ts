/** A clone that is there beyond its time is told, until it is ended or kept. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { snapshotOf, allInstances } from '../../support/aws-restore.ts';
import { toTheEnd } from '../../support/client.ts';
import { makeOffice } from '../../support/office.ts';
import { home, launch, makeAwsPlace } from '../../support/sandbox-aws.ts';

test('an alert says so when its time is over, and ends when the clone was ended', async () => {
  await using place = await makeAwsPlace();
  place.aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
  await using office = await makeOffice();
  const { client } = office;
  // Restore runs go by the clock of this machine.
  office.nowMs = Date.now();
  const { id, root } = await launch(place);
  const who = { keys: place.user() };
  const want = { kind: 'clone', like: id, root: await snapshotOf(place, root), expiresInHours: 5 } as const;
  const run = await client.awsRestores.create({ who, region: home, endpoint: place.aws.endpoint, want });
  await toTheEnd(await client.restoreRuns.start({ run: run.id, aws: who }));
  const told = async () => {
    await office.wakeAt(new Date(office.nowMs + 60_000).toISOString());
    await sleep(20);
    return (await client.alerts.list({})).alerts.filter(({ rule }) => rule === 'clone-expired');
  };
  for (let look = 0; look < 5; look++) expect(await told()).toEqual([]);
  office.nowMs += 6 * 3_600_000;
  while ((await told()).length === 0);
  expect((await told())[0]?.todo).toContain(`holdfast aws restore undo ${run.id.slice(0, 8)}`);
  await toTheEnd(await client.restoreRuns.undo({ run: run.id, aws: who }));
  while ((await told()).length > 0);
  const states = (await allInstances(place)).map(({ InstanceId, State }) => [InstanceId, State?.Name]);
  expect(new Map(states as [string, string][]).get(id)).toBe('running');
  expect(states.filter(([, state]) => state === 'terminated')).toHaveLength(1);
});
