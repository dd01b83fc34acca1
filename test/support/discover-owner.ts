/** A thread that looks at what `acme` has, and says how much that is: with as little memory as it was given. */
import { parentPort } from 'node:worker_threads';
import { everyRepository } from '../../shared/model/github-filters.ts';
import { threadData } from '../../electron/engine/platform/threads.ts';
import { GitHubClient } from '../../electron/engine/sources/github/client.ts';
import { discover } from '../../electron/engine/sources/github/discovery.ts';
import { findOwner } from '../../electron/engine/sources/github/listing.ts';

const { api } = threadData() as { readonly api: string };
const client = await GitHubClient.open({
  api,
  credential: { kind: 'token', token: 'ghp_x' },
  signal: new AbortController().signal,
  onNotice: () => undefined,
});
const owner = await findOwner(client, 'acme');
const state = { api, owner, repositories: new Map() };
const listed = { isApp: false, keepsSettings: false };
const options = { client, owner, ...listed, filters: everyRepository, state, allowShrunk: false };
try {
  const { selected } = await discover({ ...options, nowMs: Date.parse('2026-06-30T00:00:00Z') });
  parentPort?.postMessage(selected.length);
} catch (error) {
  parentPort?.postMessage(String(error));
}
