import { test } from 'vitest';
import { liveHistory } from '../../support/live-history.ts';

// The full count is in test/torture.
test.each([1, 2, 3, 4, 5])('the catalog is right after whatever happened (seed %d)', async (seed) => {
  await liveHistory(seed, 20);
});
