/** "Protect now" from the tray: a detached run for one registered source, or for each, that live state then tells of. */
import type { ContractClient } from '../engine/engine.ts';
import type { LiveState } from '../../shared/contract/live.ts';
import { toHoldfastError } from '../../shared/model/errors.ts';

/** What could not be started, in words for a notification. `source` null: all that are registered. */
export async function protectNow(client: ContractClient, live: LiveState, source: string | null): Promise<string[]> {
  const names = Object.values(live.sources).flatMap(({ registered }) => (registered === null ? [] : [registered.name]));
  const repositories = Object.values(live.repositories);
  const primary = repositories.find((one) => one.primary) ?? repositories[0];
  if (primary === undefined) return ['No repository is connected. Open Holdfast to connect one.'];
  if (primary.state === 'locked') return [`${primary.name} waits for its password. Open Holdfast to enter it.`];
  const busy = new Set(
    Object.values(live.jobs)
      .filter(({ kind, endedAt }) => kind === 'protect' && endedAt === null)
      .map(({ title }) => title),
  );
  const wanted = names.filter((name) => (source === null || name === source) && !busy.has(name));
  const problems = await Promise.all(wanted.map((name) => begin(client, primary.id, name)));
  return problems.filter((problem) => problem !== null);
}

/** Resolves once the run is a job: what becomes of it then is told by the job. */
async function begin(client: ContractClient, repository: string, name: string): Promise<string | null> {
  try {
    const input = { repository: { id: repository }, registered: name, detach: true };
    for await (const event of await client.protection.protect(input)) if (event.type === 'job') return null;
    return null;
  } catch (error) {
    return `${name}: ${toHoldfastError(error).message}`;
  }
}
