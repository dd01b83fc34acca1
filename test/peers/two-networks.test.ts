/** A site in another network: the line between goes away in the middle of a copy, and comes back. */
import { cpSync, readdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { takeScene } from '../support/copies.ts';
import type { Push } from '../support/namespaces/push.ts';
import { makeNetworks } from '../support/namespaces/networks.ts';
import { describePeer } from '../support/peers.ts';
import { noise } from '../support/odd-tree.ts';
import type { Running } from '../support/processes.ts';
import { createRepository } from '../support/restic-repository.ts';
import { storedBlobs } from '../support/stored-twice.ts';
import { damageIn, storedNames, upkeepPassword } from '../support/upkeep-repository.ts';
import { makeWorkspace } from '../support/workspace.ts';

const program = (name: string): string => resolve(import.meta.dirname, '../support/namespaces', name);
const kib = 1024;
/** A few seconds for all of it: there is a middle. */
const bytesPerSecond = 8e6;
const pauseMs = 2_000;

describePeer('networks', 'a site in another network', () => {
  test('a copy goes on by itself when the line between two networks is back', async () => {
    await using workspace = await makeWorkspace({ inMemory: true });
    await using networks = await makeNetworks();
    const options = { password: upkeepPassword, scrypt: { N: 1024, r: 8, p: 1 } };
    const from = createRepository(workspace.path('from'), options);
    const files = Array.from({ length: 40 }, (_, at) => [`file ${at}`, noise(1000 * kib, `line ${at}`)] as const);
    takeScene(from, 0, { deep: Object.fromEntries(files) });
    const folder = workspace.path('site-home', 'site', 'office');
    await mkdir(workspace.path('site-home'));
    createRepository(workspace.path('empty'), options);

    const site = networks.run('there', program('site.ts'), [workspace.path('site-home'), networks.there]);
    const { port, fingerprint, password } = (await firstLine(site)) as {
      port: number;
      fingerprint: string;
      password: string;
    };
    cpSync(workspace.path('empty'), folder, { recursive: true });
    const url = `https://${networks.there}:${port}/office/`;
    const push: Push = { from: from.location, url, password, fingerprint, bytesPerSecond };
    const pushing = networks.run('here', program('push.ts'), [JSON.stringify(push)]);
    const isDone = pushing.finished.then(() => true);

    while (bytesBelow(folder) < 4e6 && !(await Promise.race([isDone, sleep(20, false)])));
    await networks.line('down');
    const before = storedNames(folder, 'data').length;
    expect(await Promise.race([isDone, sleep(pauseMs, false)]), 'it ended while there was no line').toBe(false);
    expect(storedNames(folder, 'snapshots')).toEqual([]);
    await networks.line('up');

    const { code, stdout, stderr } = await pushing.finished;
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual(['copied']);
    expect(storedNames(folder, 'data').length).toBeGreaterThan(before);
    expect((await storedBlobs(folder)).repeated).toEqual([]);
    expect(await damageIn(folder)).toEqual([]);
  });
});

/** Of packs, also of those that are still coming. */
function bytesBelow(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return names.reduce((sum, name) => sum + (statSync(name, { throwIfNoEntry: false })?.size ?? 0), 0);
}

async function firstLine({ child, finished }: Running): Promise<unknown> {
  const line = new Promise<string>((done) => child.stdout?.once('data', (chunk: Buffer) => done(chunk.toString())));
  const ended = finished.then(({ stderr }) => Promise.reject(new Error(`It ended before it began. ${stderr}`)));
  return JSON.parse(await Promise.race([line, ended]));
}
