/** Runs a script in instances by AWS Systems Manager, in all of them at once, within a bounded time. */
import type { GetCommandInvocationCommandOutput, SSMClient } from '@aws-sdk/client-ssm';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { AwsClients } from './clients.ts';
import { AwsFailure, asked } from './failures.ts';

export type GuestCommand = {
  readonly kind: 'ssm' | 'ssm-powershell';
  readonly script: string;
  readonly comment: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** As a program of this machine ends; `exited` with the first code that is not 0. */
export type GuestEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'timeLimit' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'notStarted'; readonly problem: string };
export type GuestResult = { readonly end: GuestEnd; readonly output: Buffer; readonly isCut: boolean };

/** AWS takes at most so many in one call, and waits no shorter than this for an instance to take it. */
const mostInstances = 50;
const leastDeliverySeconds = 30;
const betweenLooksMs = 1_000;
const documents = { ssm: 'AWS-RunShellScript', 'ssm-powershell': 'AWS-RunPowerShellScript' } as const;
const over = new Set(['Success', 'Failed', 'TimedOut', 'Cancelled', 'Cancelling']);

type Invocation = Pick<
  GetCommandInvocationCommandOutput,
  'Status' | 'ResponseCode' | 'StandardOutputContent' | 'StandardErrorContent'
>;

/** Never rejects. */
export async function runOnInstances(
  clients: AwsClients,
  instances: readonly string[],
  command: GuestCommand,
): Promise<GuestResult> {
  const ended = (end: GuestEnd, output = ''): GuestResult => ({ end, output: Buffer.from(output), isCut: false });
  if (command.signal.aborted) return ended({ kind: 'cancelled' });
  if (instances.length === 0) return ended({ kind: 'notStarted', problem: 'none of its instances is running' });
  if (instances.length > mostInstances) {
    const problem = `it is of ${instances.length} instances, and ${mostInstances} can be held at one point`;
    return ended({ kind: 'notStarted', problem });
  }
  const deadline = AbortSignal.any([command.signal, AbortSignal.timeout(command.timeoutMs)]);
  const begun: { id: string | null } = { id: null };
  try {
    const ssm = await clients.ssm();
    begun.id = await send(ssm, instances, command, deadline);
    const all = await Promise.all(
      instances.map(async (instance) => ({ instance, ...(await follow(ssm, begun.id ?? '', instance, deadline)) })),
    );
    const failed = all.find(({ Status }) => Status !== 'Success');
    const output = all.map(said).join('');
    if (failed?.Status === 'TimedOut') return ended({ kind: 'timeLimit' }, output);
    const code = failed === undefined ? 0 : (failed.ResponseCode ?? 0) > 0 ? (failed.ResponseCode ?? 1) : 1;
    return ended({ kind: 'exited', code }, output);
  } catch (error) {
    if (begun.id !== null) await cancel(clients, begun.id);
    if (command.signal.aborted) return ended({ kind: 'cancelled' });
    if (deadline.aborted) return ended({ kind: 'timeLimit' });
    return ended({ kind: 'notStarted', problem: toHoldfastError(error).message });
  }
}

async function send(
  ssm: SSMClient,
  instances: readonly string[],
  { kind, script, comment, timeoutMs }: GuestCommand,
  abortSignal: AbortSignal,
): Promise<string> {
  const { SendCommandCommand } = await import('@aws-sdk/client-ssm');
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000));
  const { Command } = await asked('SendCommand', () =>
    ssm.send(
      new SendCommandCommand({
        DocumentName: documents[kind],
        InstanceIds: [...instances],
        Parameters: { commands: [script], executionTimeout: [String(seconds)] },
        TimeoutSeconds: Math.max(leastDeliverySeconds, seconds),
        Comment: comment.slice(0, 100),
      }),
      { abortSignal },
    ),
  );
  if (Command?.CommandId === undefined) throw new HoldfastError('AWS_ANSWER_INVALID', 'SSM names no command.');
  return Command.CommandId;
}

async function follow(ssm: SSMClient, CommandId: string, InstanceId: string, signal: AbortSignal): Promise<Invocation> {
  const { GetCommandInvocationCommand } = await import('@aws-sdk/client-ssm');
  const look = new GetCommandInvocationCommand({ CommandId, InstanceId });
  for (;;) {
    try {
      const found = await asked(`GetCommandInvocation of ${InstanceId}`, () => ssm.send(look, { abortSignal: signal }));
      if (over.has(found.Status ?? '')) return found;
    } catch (error) {
      // It is not shown at once.
      if (!(error instanceof AwsFailure) || error.awsCode !== 'InvocationDoesNotExist') throw error;
    }
    await sleep(betweenLooksMs, undefined, { signal });
  }
}

const cancelMs = 10_000;

async function cancel(clients: AwsClients, CommandId: string): Promise<void> {
  const { CancelCommandCommand } = await import('@aws-sdk/client-ssm');
  const ssm = await clients.ssm();
  const abortSignal = AbortSignal.timeout(cancelMs);
  // What it has frozen thaws by itself in any case.
  await ssm.send(new CancelCommandCommand({ CommandId }), { abortSignal }).catch(() => undefined);
}

function said({ instance, StandardOutputContent = '', StandardErrorContent = '' }: Invocation & { instance: string }) {
  const lines = `${StandardOutputContent}\n${StandardErrorContent}`.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => `${instance}: ${line}\n`).join('');
}
