/** Makes what the answers describe: repository, source, first run. What a former try has made is not made again. */
import { startJob } from '../../client/ask.ts';
import type { Client } from '../../client/client.ts';
import type { SourceDefinition } from '../../../shared/contract/sources.ts';
import { changeStart, noteMade, startStore } from './start-store.ts';

export async function beginProtecting(
  client: Client,
  { source, remember }: { readonly source: SourceDefinition; readonly remember: boolean },
): Promise<{ job: string; notices: readonly string[] }> {
  const notices: string[] = [];
  const id = startStore.getState().made.repository ?? (await makeRepository(client, remember));
  const repository = { id };
  if (startStore.getState().made.source === null) {
    const added = await client.sources.add({ repository, source });
    notices.push(...added.notices);
    noteMade({ source: source.name });
  }
  const { job } = await startJob(client.protection.protect({ repository, registered: source.name, detach: true }));
  noteMade({ job });
  changeStart({ step: 'run' });
  return { job, notices };
}

async function makeRepository(client: Client, remember: boolean): Promise<string> {
  const { location, password } = startStore.getState();
  const { repository } = await client.repositories.create({ location: location ?? '', password, remember });
  noteMade({ repository: repository.id });
  changeStart({ password: '', again: '' });
  return repository.id;
}
