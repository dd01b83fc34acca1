import { describe, expect, test } from 'vitest';
import { RequestRates } from '../../../../electron/engine/api/http/rates.ts';

describe('rates of requests', () => {
  test('let a quarter of a minute in at once, then as many as the minute has, and say when the next one may come', async () => {
    let now = 0;
    const rates = new RequestRates({ perMinute: () => Promise.resolve(60), nowMs: () => now });
    for (let request = 0; request < 15; request++) expect(await rates.take('a')).toBeNull();
    expect(await rates.take('a')).toBe(1_000);
    // One client does not use up what another may.
    expect(await rates.take('b')).toBeNull();
    now += 999;
    expect(await rates.take('a')).toBeCloseTo(1);
    now += 1;
    expect(await rates.take('a')).toBeNull();
    expect(await rates.take('a')).toBeCloseTo(1_000);
    now += 3_600_000;
    for (let request = 0; request < 15; request++) expect(await rates.take('a')).toBeNull();
    expect(await rates.take('a')).not.toBeNull();
  });

  test('follow the setting, and keep the last one while it cannot be read', async () => {
    let now = 0;
    let perMinute: () => Promise<number> = () => Promise.resolve(4);
    const rates = new RequestRates({ perMinute: () => perMinute(), nowMs: () => now });
    expect(await rates.take('a')).toBeNull();
    expect(await rates.take('a')).toBe(15_000);
    perMinute = () => Promise.reject(new Error('the catalog is busy'));
    now += 6_000;
    expect(await rates.take('a')).toBe(9_000);
    perMinute = () => Promise.resolve(0);
    now += 6_000;
    for (let request = 0; request < 100; request++) expect(await rates.take('a')).toBeNull();
  });
});
