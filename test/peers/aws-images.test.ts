import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { toTheEnd } from '../support/client.ts';
import { isImage, makeImagePlace, noise } from '../support/ebs-images.ts';
import { describePeer } from '../support/peers.ts';
import { mustRun } from '../support/processes.ts';

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

describePeer('restic', 'images of volumes beside restic', () => {
  test('restic finds nothing wrong, restores the same image, and dumps it byte for byte', async () => {
    await using place = await makeImagePlace();
    const { workspace, client, repository } = place;
    const volume = await place.volume();
    await place.write(volume, { 0: noise(), 1: 'short', 600: noise(), 2047: noise() });
    await place.store([await place.take(volume)]);
    await place.write(volume, { 1: noise(), 601: 'new' });
    const { snapshot } = await place.store([await place.take(volume)]);
    const content = await place.blocksOf(volume);
    await workspace.mustRestic(['check', '--read-data']);
    const theirs = workspace.path('theirs');
    await workspace.mustRestic(['restore', snapshot, '--target', theirs]);
    expect(await isImage(`${theirs}/${volume}/volume.img`, content)).toBe(true);
    const ours = workspace.path('ours');
    const { code, stderr } = await workspace.here(['restore', snapshot, '--to', ours]);
    expect(code, stderr).toBe(0);
    expect(await isImage(`${ours}/${volume}/volume.img`, content)).toBe(true);
    const dumped = workspace.path('dumped');
    const script = 'restic dump "$1" "$2" > "$3"';
    await mustRun('sh', ['-c', script, 'dump', snapshot, `/${volume}/volume.img`, dumped], {
      env: workspace.resticEnv(),
    });
    expect(await sha256(dumped)).toBe(await sha256(`${ours}/${volume}/volume.img`));
    const checked = await toTheEnd(await client.repository.check({ repository, readDataPercent: 100 }));
    expect(checked.result.result).toMatchObject({ errors: [] });
  });
});
