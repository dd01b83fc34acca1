/** Makes what the answers describe: repository, source, first run. What a former try has made is not made again. */
import { startJob } from '../../client/ask.ts';
import type { Client } from '../../client/client.ts';
import type { SourceDefinition } from '../../../shared/contract/sources.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import { givenReach } from '../../components/place-draft.ts';
import { changeStart, noteMade, startStore, type Often } from './start-store.ts';

export async function beginProtecting(
  client: Client,
  { source, remember, often }: { readonly source: SourceDefinition; readonly remember: boolean; readonly often: Often },
): Promise<{ job: string; notices: readonly string[] }> {
  const notices: string[] = [];
  const id = startStore.getState().made.repository ?? (await makeRepository(client, remember));
  const repository = { id };
  if (startStore.getState().made.source === null) {
    const added = await client.sources.add({ repository, source });
    notices.push(...added.notices);
    noteMade({ source: source.name });
  }
  if (often !== 'by hand') notices.push(...(await giveProfile(client, id, source.name, presets[often])));
  const { job } = await startJob(client.protection.protect({ repository, registered: source.name, detach: true }));
  noteMade({ job });
  changeStart({ step: 'run' });
  return { job, notices };
}

/** One that a former try has made, or that was there before, is given again. */
async function giveProfile(
  client: Client,
  id: string,
  source: string,
  preset: ProfileDefinition,
): Promise<readonly string[]> {
  const repository = { id };
  const { profiles } = await client.profiles.list({});
  const there = profiles.find(({ name }) => name === preset.name);
  const made = there ?? (await client.profiles.add({ repository, profile: preset })).profile;
  const given = await client.profiles.assign({ repository, scope: 'source', subject: source, profile: made.id });
  return given.notices;
}

async function makeRepository(client: Client, remember: boolean): Promise<string> {
  const { location, password, reach: entered } = startStore.getState();
  const where = location ?? '';
  const reach = givenReach(where, entered);
  const place = { location: where, ...(reach === undefined ? {} : { reach }) };
  const { repository } = await client.repositories.create({ ...place, password, remember });
  noteMade({ repository: repository.id });
  changeStart({ password: '', again: '', reach: { ...entered, secrets: {} } });
  return repository.id;
}
