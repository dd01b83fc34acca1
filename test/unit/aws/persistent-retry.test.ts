import { expect, test } from 'vitest';
import { retryPersistently } from '../../../electron/engine/aws/persistent-retry.ts';

type Strategy = {
  refreshRetryTokenForRetry(token: object, failed: { readonly errorType: string }): Promise<typeof first>;
};

const first = { getRetryCount: () => 0, getRetryDelay: () => 0 };

/** Of a kit whose budget is spent. */
async function strategyOf(attempts: number): Promise<Strategy> {
  const kit = { refreshRetryTokenForRetry: () => Promise.reject(new Error('No retry token available')) };
  const config: { retryStrategy: () => Promise<unknown> } = { retryStrategy: async () => kit };
  retryPersistently(config, attempts, 1);
  return (await config.retryStrategy()) as Strategy;
}

test.each(['THROTTLING', 'TRANSIENT'])('a call that fails (%s) has all of its attempts', async (errorType) => {
  const strategy = await strategyOf(3);
  const second = await strategy.refreshRetryTokenForRetry(first, { errorType });
  const third = await strategy.refreshRetryTokenForRetry(second, { errorType });
  expect(third.getRetryCount()).toBe(2);
  await expect(strategy.refreshRetryTokenForRetry(third, { errorType })).rejects.toThrow('No retry token');
});

test('a call that is refused is not made again', async () => {
  const strategy = await strategyOf(3);
  const again = strategy.refreshRetryTokenForRetry(first, { errorType: 'CLIENT_ERROR' });
  await expect(again).rejects.toThrow('No retry token');
});
