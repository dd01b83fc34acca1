/** How many virtual processors may run in a region, how many do, and what a launch adds to them. */
import { DescribeInstanceTypesCommand, type _InstanceType } from '@aws-sdk/client-ec2';
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { AwsFailure, asked } from '../../aws/failures.ts';
import { check } from './check.ts';
import type { Hands } from './hands.ts';
import { instancesWhere } from './look.ts';

export type QuotaFacts =
  | { readonly limit: number; readonly used: number; readonly needed: number }
  /** Why it is not known, in a sentence. */
  | { readonly unread: string };

/** Quotas of instances on demand, by the letters a type begins with, as Service Quotas names them. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^(?:a|c|d|h|i|im|is|m|r|t|z)$/, 'L-1216C47A'],
  [/^(?:g|gr|vt)$/, 'L-DB2E81BA'],
  [/^p$/, 'L-417A185B'],
  [/^f$/, 'L-74FC7D96'],
  [/^x$/, 'L-7295265B'],
  [/^inf$/, 'L-1945791B'],
  [/^trn$/, 'L-2C3B7624'],
  [/^dl$/, 'L-6E869C2A'],
  [/^hpc$/, 'L-F7808C92'],
  [/^u$/, 'L-43DA4232'],
];

const typesAtOnce = 100;

/** `stopped`: an instance that does not run any more when the launch comes. */
export async function readQuota(
  hands: Hands,
  region: string,
  { type, stopped }: { readonly type: string; readonly stopped: string | null },
): Promise<QuotaFacts> {
  const code = quotaOf(type);
  if (code === null) return { unread: `Which quota ${type} counts for is not known here.` };
  try {
    const limit = await limitOf(hands, region, code);
    const filters = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }];
    const running = (await instancesWhere(hands, region, filters)).flatMap(
      ({ InstanceId, InstanceType = '', InstanceLifecycle }) =>
        InstanceId !== stopped && InstanceLifecycle === undefined && quotaOf(InstanceType) === code ? InstanceType : [],
    );
    const cores = await coresOf(hands, region, new Set([type, ...running]));
    const used = running.reduce((sum, one) => sum + (cores.get(one) ?? 0), 0);
    return { limit, used, needed: cores.get(type) ?? 0 };
  } catch (error) {
    hands.signal.throwIfAborted();
    if (error instanceof AwsFailure) return { unread: error.message };
    throw error;
  }
}

function quotaOf(type: string): string | null {
  const letters = /^[a-z]+/.exec(type)?.[0] ?? '';
  return families.find(([pattern]) => pattern.test(letters))?.[1] ?? null;
}

async function limitOf(hands: Hands, region: string, QuotaCode: string): Promise<number> {
  const { GetServiceQuotaCommand } = await import('@aws-sdk/client-service-quotas');
  const quotas = await hands.clients.quotas(region);
  const command = new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode });
  const { Quota } = await asked(`GetServiceQuota in ${region}`, () =>
    quotas.send(command, { abortSignal: hands.signal }),
  );
  if (Quota?.Value === undefined) throw new HoldfastError('AWS_ANSWER_INVALID', 'Service Quotas names no value.');
  return Quota.Value;
}

async function coresOf(hands: Hands, region: string, types: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
  const all = [...types];
  const cores = new Map<string, number>();
  for (let at = 0; at < all.length; at += typesAtOnce) {
    const InstanceTypes = all.slice(at, at + typesAtOnce) as _InstanceType[];
    const command = new DescribeInstanceTypesCommand({ InstanceTypes });
    const found = await hands.read('DescribeInstanceTypes', region, (ec2) =>
      ec2.send(command, { abortSignal: hands.signal }),
    );
    for (const { InstanceType = '', VCpuInfo } of found.InstanceTypes ?? [])
      cores.set(InstanceType, VCpuInfo?.DefaultVCpus ?? 0);
  }
  return cores;
}

export function quotaCheck(type: string, quota: QuotaFacts): PreflightCheck {
  if ('unread' in quota) {
    const text = `Whether one more ${type} may run here is known to AWS alone; the launch says so if not. ${quota.unread}`;
    return check('warning', 'quota', 'The quota could not be read', text);
  }
  const { limit, used, needed } = quota;
  const text = `${formatCount(needed)} more vCPUs for ${type}, ${formatCount(used)} of ${formatCount(limit)} are in use.`;
  if (used + needed > limit)
    return check('blocker', 'quota', 'The quota of vCPUs is used up', `${text} Ask AWS for more, or stop something.`);
  return check('ok', 'quota', 'The quota of vCPUs has room', text);
}
