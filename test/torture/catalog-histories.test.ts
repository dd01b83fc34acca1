import { test } from 'vitest';
import { liveHistory } from '../support/live-history.ts';

test('the catalog is right after whatever happened, 200 times', async () => {
  for (let seed = 1000; seed < 1200; seed++) await liveHistory(seed, 20);
});
