/** Whether all is there at the end as it was to be: where it is attached, what it was made of, whether it runs well. */
import { DescribeInstanceStatusCommand } from '@aws-sdk/client-ec2';
import type { Issue } from '../../../../shared/contract/common.ts';
import type { RestoreRun } from '../../../../shared/contract/restore-runs.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import type { Outcome } from '../runs/work-on-run.ts';
import type { Deed, DeedOf, Known } from './deeds.ts';
import type { Hands } from './hands.ts';
import { findVolume, volumesWhere } from './look.ts';
import { knownOf } from './run-notes.ts';

/** Status checks take a few minutes where all is well. */
const longestCheckMs = 20 * 60_000;

type Finding = { readonly what: string; readonly problem: string | null };

export async function verify(deeds: readonly Deed[], run: RestoreRun, hands: Hands): Promise<Outcome> {
  const known = knownOf(run, null);
  const findings: Finding[] = [];
  for (const deed of deeds) findings.push(...(await findingsOf(deed, deeds, known, hands)));
  const issues = findings.flatMap(({ what, problem }): Issue[] =>
    problem === null ? [] : [{ code: 'AWS_DECLINED', path: what, message: problem }],
  );
  const good = findings.length - issues.length;
  return {
    state: issues.length === 0 ? 'done' : 'partial',
    detail: `${formatCount(good)} of ${formatCount(findings.length)} things are as they should be`,
    result: { issues: issues.map((issue) => ({ ...issue })), issueCount: issues.length },
  };
}

async function findingsOf(deed: Deed, deeds: readonly Deed[], known: Known, hands: Hands): Promise<Finding[]> {
  const { region } = deed;
  if (deed.do === 'make-volume')
    return [await madeOf(hands, region, known.made(`<${deed.id}>`), known.made(deed.snapshot))];
  if (deed.do === 'attach') return [await attachedAt(deed, known, hands)];
  if (deed.do === 'detach') return [await kept(hands, region, deed.volume)];
  if (deed.do === 'start') return [await healthy(hands, region, deed.instance)];
  if (deed.do === 'launch') return launched(deed, deeds, known, hands);
  if (deed.do !== 'replace-root') return [];
  return [
    await kept(hands, region, deed.root),
    await diskOf(hands, region, deed.instance, deed.device, known.made(deed.snapshot)),
    await healthy(hands, region, deed.instance),
  ];
}

async function launched(
  deed: DeedOf<'launch'>,
  deeds: readonly Deed[],
  known: Known,
  hands: Hands,
): Promise<Finding[]> {
  const instance = known.made(`<${deed.id}>`);
  const image = deeds.find((one) => one.do === 'register');
  const root = image === undefined ? [] : [{ device: image.rootDevice, snapshot: image.root }];
  const data = deed.devices.flatMap(({ device, snapshot }) => (snapshot === null ? [] : [{ device, snapshot }]));
  const findings: Finding[] = [];
  for (const { device, snapshot } of [...root, ...data]) {
    findings.push(await diskOf(hands, deed.region, instance, device, known.made(snapshot)));
  }
  return [...findings, await healthy(hands, deed.region, instance)];
}

async function madeOf(hands: Hands, region: string, id: string, snapshot: string): Promise<Finding> {
  const volume = await findVolume(hands, region, id);
  if (volume === null) return { what: id, problem: 'It is not there.' };
  if (volume.SnapshotId === snapshot) return { what: id, problem: null };
  return { what: id, problem: `It is made of ${volume.SnapshotId ?? 'nothing'}, and not of ${snapshot}.` };
}

async function attachedAt({ region, volume, instance, device }: DeedOf<'attach'>, known: Known, hands: Hands) {
  const id = known.made(volume);
  const found = await findVolume(hands, region, id);
  const wanted = known.made(instance);
  const isThere = found?.Attachments?.some((one) => one.InstanceId === wanted && one.Device === device) === true;
  return { what: id, problem: isThere ? null : `It is not attached to ${wanted} at ${device}.` };
}

async function kept(hands: Hands, region: string, id: string): Promise<Finding> {
  const found = await findVolume(hands, region, id);
  return { what: id, problem: found === null ? 'It was to be kept, and is not there.' : null };
}

async function diskOf(
  hands: Hands,
  region: string,
  instance: string,
  device: string,
  snapshot: string,
): Promise<Finding> {
  const [found] = await volumesWhere(hands, region, [
    { Name: 'attachment.instance-id', Values: [instance] },
    { Name: 'attachment.device', Values: [device] },
  ]);
  const what = `${instance} ${device}`;
  if (found === undefined) return { what, problem: 'Nothing is attached there.' };
  if (found.SnapshotId === snapshot) return { what, problem: null };
  return { what, problem: `What is there is made of ${found.SnapshotId || 'nothing'}, and not of ${snapshot}.` };
}

/** Waits for the checks of AWS, as long as they may take. */
async function healthy(hands: Hands, region: string, instance: string): Promise<Finding> {
  const giveUpAtMs = Date.now() + longestCheckMs;
  const command = new DescribeInstanceStatusCommand({ InstanceIds: [instance], IncludeAllInstances: true });
  const said = await hands.until(`the checks of ${instance}`, async () => {
    const found = await hands.find('DescribeInstanceStatus', region, (ec2) =>
      ec2.send(command, { abortSignal: hands.signal }),
    );
    const status = found?.InstanceStatuses?.[0];
    const both = [status?.SystemStatus?.Status, status?.InstanceStatus?.Status];
    if (both.every((one) => one === 'ok')) return 'ok';
    if (both.includes('impaired')) return 'impaired';
    if (status !== undefined && status.InstanceState?.Name !== 'running') return status.InstanceState?.Name ?? 'gone';
    return Date.now() >= giveUpAtMs ? 'not known to be well after twenty minutes' : null;
  });
  return { what: instance, problem: said === 'ok' ? null : `By the checks of AWS it is ${said}.` };
}
