/**
 * AWS's kit stops asking again once a client has asked again for very much at a time: a budget that all of its calls share.
 * A few dozen calls that fail together spend it, and those after them would fail for good at their first failure. Here each
 * call has all of its attempts, and waits longer where the budget is spent.
 */
import { setTimeout as sleep } from 'node:timers/promises';

type Token = {
  getRetryCount(): number;
  getRetryDelay(): number;
  getRetryCost?(): number | undefined;
};
type Failed = { readonly errorType: string };
type Strategy = {
  acquireInitialRetryToken(scope: string): Promise<Token>;
  refreshRetryTokenForRetry(token: Token, failed: never): Promise<Token>;
  recordSuccess(token: never): void;
};
type Config = { retryStrategy: () => Promise<unknown> };

const retried: ReadonlySet<string> = new Set(['THROTTLING', 'TRANSIENT']);
const usualPauseMs = 4_000;

/** Of a client that has just been made. `attempts`: of one call, the first included. */
export function retryPersistently(config: Config, attempts: number, pauseMs = usualPauseMs): void {
  const given = config.retryStrategy;
  let persistent: Promise<Strategy> | undefined;
  config.retryStrategy = () => (persistent ??= given().then((kit) => persist(kit as Strategy, attempts, pauseMs)));
}

function persist(kit: Strategy, attempts: number, pauseMs: number): Strategy {
  return {
    acquireInitialRetryToken: (scope) => kit.acquireInitialRetryToken(scope),
    recordSuccess: (token) => kit.recordSuccess(token),
    refreshRetryTokenForRetry: async (token: Token, failed: never) => {
      try {
        return await kit.refreshRetryTokenForRetry(token, failed);
      } catch (error) {
        const count = token.getRetryCount() + 1;
        if (count >= attempts || !retried.has((failed as Failed).errorType)) throw error;
        // Those that wait together do not come back together.
        await sleep(pauseMs * (0.5 + Math.random()));
        return { getRetryCount: () => count, getRetryDelay: () => 0, getRetryCost: () => undefined };
      }
    },
  };
}
