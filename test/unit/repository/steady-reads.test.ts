import { expect, it } from 'vitest';
import type { Backend } from '../../../electron/engine/repository/backend/backend.ts';
import type { BlobReader } from '../../../electron/engine/repository/blob-reader.ts';
import { SteadyReads, type SteadyOptions } from '../../../electron/engine/repository/steady-reads.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';

const pack = { type: 'data' as const, name: 'a'.repeat(64) };
const id = 'b'.repeat(64);
const bytes = Buffer.from('content');

type Play = { data: () => Promise<Buffer<ArrayBuffer>>; config: () => Promise<Buffer<ArrayBuffer>> };

function scene(play: Partial<Play>, more: Partial<SteadyOptions> = {}) {
  const asked: string[] = [];
  const notices: string[] = [];
  const place = {
    location: '/mnt/nas',
    localFolder: null,
    load: ({ type }: { type: string }) => {
      asked.push(type);
      return (type === 'config' ? play.config : play.data)?.() ?? Promise.resolve(bytes);
    },
  } as unknown as Backend;
  const steady = new SteadyReads(place, {
    elsewhere: () => Promise.resolve({ plain: bytes, from: 'berlin' }),
    onNotice: (text) => notices.push(text),
    patienceMs: 20,
    probeMs: 20,
    ...more,
  });
  return { steady, asked, notices };
}

const never = () => new Promise<never>(() => undefined);
const unreachable = () => Promise.reject(new HoldfastError('REPOSITORY_UNREACHABLE', 'refused'));

it('reads where nothing is wrong, and waits for a slow answer while the place answers at all', async () => {
  const { steady, asked } = scene({
    data: () => new Promise((resolve) => void setTimeout(resolve, 90, bytes)),
  });
  expect(await steady.backend.load(pack)).toBe(bytes);
  expect(asked).toContain('config');
  expect(steady.isAway).toBe(false);
});

it('gives a place up that does not answer, says so once, and leaves it alone for a while', async () => {
  const { steady, asked, notices } = scene({ data: never, config: never });
  for (let time = 0; time < 3; time++)
    await expect(steady.backend.load(pack)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  expect(asked.filter((type) => type === 'data')).toHaveLength(1);
  expect(notices).toEqual(['/mnt/nas does not answer any more. What it holds is asked for elsewhere.']);
});

it('does not take what was on its way when the place went for a sign that it is back', async () => {
  const answers = [
    new Promise<Buffer<ArrayBuffer>>((resolve) => void setTimeout(resolve, 10, bytes)),
    unreachable(),
    unreachable(),
  ];
  const { steady, asked, notices } = scene({ data: () => answers.shift() ?? never() });
  answers.at(-1)?.catch(() => undefined);
  const early = steady.backend.load(pack);
  await expect(steady.backend.load(pack)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  expect(await early).toBe(bytes);
  expect(steady.isAway).toBe(true);
  await expect(steady.backend.load(pack)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  expect(asked.filter((type) => type === 'data')).toHaveLength(2);
  expect(notices).toHaveLength(1);
});

it('asks it again later, and goes on with it', async () => {
  let isBack = false;
  const { steady } = scene({ data: () => (isBack ? Promise.resolve(bytes) : unreachable()) }, { againMs: 0 });
  await expect(steady.backend.load(pack)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  expect(steady.isAway).toBe(true);
  isBack = true;
  expect(await steady.backend.load(pack)).toBe(bytes);
  expect(steady.isAway).toBe(false);
});

it('knows a disk that was taken away from a file that is missing', async () => {
  const missing = () => Promise.reject(new HoldfastError('STORED_FILE_MISSING', 'no such file'));
  const one = scene({ data: missing });
  await expect(one.steady.backend.load(pack)).rejects.toMatchObject({ code: 'STORED_FILE_MISSING' });
  expect(one.steady.isAway).toBe(false);
  const all = scene({ data: missing, config: missing });
  await expect(all.steady.backend.load(pack)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  expect(all.steady.isAway).toBe(true);
});

it('takes what nobody else has from the place after all, and what is damaged from nowhere', async () => {
  const { steady } = scene({ data: unreachable }, { elsewhere: () => Promise.resolve(null) });
  steady.waitBy({ load: () => Promise.resolve(bytes) } as unknown as BlobReader);
  expect(await steady.rescue?.('data', id, 'REPOSITORY_UNREACHABLE')).toEqual({ plain: bytes, from: null });
  expect(await steady.rescue?.('data', id, 'BLOB_DAMAGED')).toBe(null);
});

it('changes nothing where there is nobody else to ask', () => {
  const { steady } = scene({}, { elsewhere: null });
  expect(steady.rescue).toBe(null);
});
