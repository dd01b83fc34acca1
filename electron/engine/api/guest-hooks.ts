/** Hooks of a source in EC2 that run inside its instances: in those that run at the time, as the source's own account. */
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import type { AwsClients } from '../aws/clients.ts';
import type { OnInstances } from '../protection/run-hook.ts';
import type { CallContext } from './context.ts';
import type { RegisteredEc2 } from './ec2-source-of.ts';

/** Null: the source has no instances. */
export function onInstancesOf(context: CallContext, source: RegisteredSource): OnInstances | null {
  if (source.kind !== 'ec2') return null;
  return async (command) => {
    try {
      const { AwsClients: Clients } = await import('../aws/clients.ts');
      const { awsAccessOf } = await import('./aws-access.ts');
      const { runOnInstances } = await import('../aws/run-on-instances.ts');
      using clients = new Clients(await awsAccessOf(context, source));
      return await runOnInstances(clients, await runningInstances(clients, source, command.signal), command);
    } catch (error) {
      const end = { kind: 'notStarted', problem: toHoldfastError(error).message } as const;
      return { end, output: Buffer.alloc(0), isCut: false };
    }
  };
}

async function runningInstances(
  clients: AwsClients,
  { target }: RegisteredEc2,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { findTargets, listInstances } = await import('../sources/ec2/targets.ts');
  const asking = { client: clients.ec2(), region: clients.region, signal };
  const wanted = new Set((await findTargets(target, asking)).flatMap(({ instance }) => instance ?? []));
  if (wanted.size === 0) return [];
  const found = await listInstances(asking, [{ Name: 'instance-id', Values: [...wanted].slice(0, 200) }]);
  return found.flatMap(({ InstanceId, State }) => (State?.Name === 'running' ? (InstanceId ?? []) : []));
}
