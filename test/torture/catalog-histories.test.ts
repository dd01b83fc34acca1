import { test } from 'vitest';
import { liveHistory } from '../support/live-history.ts';
import { roundCount } from '../support/torture/rounds.ts';

const histories = roundCount() < 50 ? roundCount() : 200;

test(`the catalog is right after whatever happened (histories: ${histories})`, async () => {
  for (let seed = 1000; seed < 1000 + histories; seed++) await liveHistory(seed, 20);
});
