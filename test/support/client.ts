/** The contract as a console speaks it: to the engine that serves a workspace, or to one of the test's own. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { openEngine, type ContractClient } from '../../electron/engine/engine.ts';
import type { Workspace } from './workspace.ts';

export type Connected = AsyncDisposable & { readonly client: ContractClient };

export async function connect(workspace: Workspace, tenant = 'default'): Promise<Connected> {
  const packageFile = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  const engine = await openEngine({
    home: join(workspace.home, 'holdfast'),
    caller: { tenant, actor: 'test:alice' },
    version,
    onNotice: () => undefined,
  });
  return { client: engine.client, [Symbol.asyncDispose]: () => engine.close() };
}

/** The last event of an operation, with all that came before it. */
export async function toTheEnd<Event extends { readonly type: string }>(
  events: AsyncIterable<Event>,
): Promise<{ readonly events: Event[]; readonly result: Extract<Event, { type: 'done' }> }> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  const last = all.at(-1);
  if (last?.type !== 'done') throw new Error(`ended with ${JSON.stringify(last)}`);
  return { events: all, result: last as Extract<Event, { type: 'done' }> };
}
