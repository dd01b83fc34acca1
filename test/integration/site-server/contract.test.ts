import { expect, test } from 'vitest';
import { describeBackend } from '../../support/backend-contract.ts';
import { sha256 } from '../../support/restic-repository.ts';
import { makeSite } from '../../support/site.ts';

describeBackend('a site of ours', () => makeSite(), { showsUnfinished: false });
describeBackend('a site of ours, under TLS', () => makeSite({ tls: 'own' }), { showsUnfinished: false });

test('an upload ends with the pace that it waits for, as what ended that', async () => {
  await using site = await makeSite();
  await site.backend.create();
  const content = Buffer.alloc(1_000_000, 7);
  const handle = { type: 'data', name: sha256(content) } as const;
  const stopped = new AbortController();
  const up = (): Promise<void> => {
    stopped.abort();
    return Promise.reject(stopped.signal.reason as Error);
  };
  const slow = site.backend.paced({ up, down: () => Promise.resolve() });
  await expect(slow.save(handle, content)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await site.backend.list('data')).toEqual([]);
});
