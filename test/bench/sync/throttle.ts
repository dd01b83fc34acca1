/**
 * `npm run bench:throttle`: how true a set rate is, to and from each kind of place, and how soon another one counts. Bytes are
 * counted as they are let through; the rate is changed in the middle. Writes a section of docs/BENCHMARKS-SYNC.md.
 */
import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NetworkThrottle, type Pace } from '../../../electron/engine/platform/network-throttle.ts';
import type { Backend, FileHandle } from '../../../electron/engine/repository/backend/backend.ts';
import { withThrottle } from '../../../electron/engine/repository/backend/throttle.ts';
import { AskedPace } from '../../../electron/engine/repository/copy/pace.ts';
import { makeBucketPlace } from '../../support/bucket-place.ts';
import { makeLocalPlace } from '../../support/local-place.ts';
import { sha256 } from '../../support/repair-scene.ts';
import { makeSftpPlace } from '../../support/sftp-place.ts';
import { makeSite } from '../../support/site.ts';
import { machineFacts } from '../machine.ts';
import { writeSection } from '../report/section.ts';
import { renderThrottle, type ThrottleSample } from './throttle-report.ts';

const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-SYNC.md', import.meta.url));
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, out: { type: 'string', default: documentFile } },
});

const places = { folder: makeLocalPlace, rest: makeSite, sftp: makeSftpPlace, s3: makeBucketPlace } as const;
const firstRate = 4e6;
const secondRate = 1e6;
const fileBytes = 2e6;
/** More than one alone could use: what is measured is the rate, and not how fast each begins. */
const atOnce = 4;
const sampleMs = 100;
/** Of a rate that has been changed, what passes in so long tells whether it counts. */
const windowMs = 500;

type Direction = 'up' | 'down';
type Controlled = { readonly pace: Pace; readonly set: (bytesPerSecond: number) => void };

const controls: Readonly<Record<'runs' | 'sync', () => Controlled>> = {
  runs: () => {
    const pace = new NetworkThrottle();
    const set = (rate: number): void => pace.set({ upBytesPerSecond: rate, downBytesPerSecond: rate });
    return { pace, set };
  },
  sync: () => {
    let rate = firstRate;
    return { pace: new AskedPace(() => rate, new AbortController().signal), set: (now) => void (rate = now) };
  },
};

const samples: ThrottleSample[] = [];
for (const kind of Object.keys(places) as (keyof typeof places)[]) {
  await using place = await places[kind]();
  await place.backend.create();
  for (const control of ['runs', 'sync'] as const)
    for (const direction of ['up', 'down'] as const) {
      // Nothing that a sync sends comes back through its pace.
      if (control === 'sync' && direction === 'down') continue;
      samples.push({ kind, control, direction, ...(await measure(place.backend, controls[control](), direction)) });
      process.stdout.write(`${JSON.stringify(samples.at(-1))}\n`);
    }
}
const terms = { firstRate, secondRate, seconds: Number(values.seconds), load: loadavg()[1] ?? 0 };
await writeSection(values.out, 'Copying beside restic', renderThrottle(samples, machineFacts(), terms));

async function measure(backend: Backend, { pace, set }: Controlled, direction: Direction) {
  set(firstRate);
  const passed = { bytes: 0 };
  const counted = async (bytes: number, wait: (bytes: number) => Promise<void>): Promise<void> => {
    await wait(bytes);
    passed.bytes += bytes;
  };
  const slow = withThrottle(backend, {
    up: (bytes) => counted(bytes, (some) => pace.up(some)),
    down: (bytes) => counted(bytes, (some) => pace.down(some)),
  });
  const traffic = makeTraffic(backend, slow, direction);
  await traffic.begin();
  await sleep(1_000);
  const first = await rateOver(passed, Number(values.seconds) * 1000);
  set(secondRate);
  const settledMs = await timeUntil(passed, secondRate);
  const second = await rateOver(passed, Number(values.seconds) * 1000);
  await traffic.end();
  return { first: first / firstRate - 1, second: second / secondRate - 1, settledMs };
}

function makeTraffic(backend: Backend, slow: Backend, direction: Direction) {
  const content = randomBytes(fileBytes);
  const handle: FileHandle = { type: 'data', name: sha256(content) };
  const over = new AbortController();
  const move = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const fresh = randomBytes(fileBytes);
      const written: FileHandle = { type: 'data', name: sha256(fresh) };
      if (direction === 'down') await slow.load(handle);
      else await slow.save(written, fresh).then(() => backend.remove(written));
    }
  };
  let moving: Promise<unknown> = Promise.resolve();
  return {
    begin: async () => {
      if (direction === 'down') await backend.save(handle, content);
      moving = Promise.all(Array.from({ length: atOnce }, move));
    },
    end: async () => {
      over.abort();
      await moving;
      await backend.remove(handle);
    },
  };
}

/** Bytes a second. */
async function rateOver(passed: { readonly bytes: number }, ms: number): Promise<number> {
  const [bytes, at] = [passed.bytes, performance.now()];
  await sleep(ms);
  return ((passed.bytes - bytes) * 1000) / (performance.now() - at);
}

/** Until what passes in a window is what may, to a fifth: a window holds few slices. */
async function timeUntil(passed: { readonly bytes: number }, rate: number): Promise<number> {
  const startedAt = performance.now();
  const seen: { readonly at: number; readonly bytes: number }[] = [];
  for (;;) {
    seen.push({ at: performance.now(), bytes: passed.bytes });
    const now = seen.at(-1);
    const past = seen.findLast(({ at }) => at <= performance.now() - windowMs);
    if (now !== undefined && past !== undefined) {
      const measured = ((now.bytes - past.bytes) * 1000) / (now.at - past.at);
      if (Math.abs(measured / rate - 1) < 0.2) return past.at - startedAt;
    }
    if (performance.now() - startedAt > 20_000) return Infinity;
    await sleep(sampleMs);
  }
}
