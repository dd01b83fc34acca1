/** AWS, asked of the engine: the accounts that are registered, and what one of them may. */
import { useCallback, useState } from 'react';
import type { AwsCheck } from '../../shared/contract/aws.ts';
import type { AwsAccount } from '../../shared/contract/aws-accounts.ts';
import type { AwsPlace } from '../../shared/contract/aws-sources.ts';
import type { SourceState } from '../../shared/contract/live.ts';
import { accountsNamedBy } from '../../shared/model/aws.ts';
import type { AwsPurpose } from '../../shared/model/aws-rights.ts';
import { problemIn, useAnswer, useOrder, type Answer } from './ask.ts';
import { useLive } from './live-store.ts';
import type { Problem } from './problem.ts';

export const accountsKey = ['aws.accounts.list'] as const;

export function useAwsAccounts(): Answer<{ readonly accounts: readonly AwsAccount[] }> {
  // Which sources use an account is part of the answer, so it is another one once they do.
  const uses = useLive((live) => [...live.sources.values()].map(usesOf).join('\n'));
  return useAnswer([...accountsKey, uses], (client, signal) => client.aws.accounts.list({}, { signal }), {
    keepPrevious: true,
  });
}

function usesOf({ name, registered }: SourceState): string {
  return registered === null ? '' : `${name}: ${accountsNamedBy(registered).join(', ')}`;
}

export type RightsQuestion = {
  readonly place: AwsPlace;
  readonly purpose: AwsPurpose;
  readonly buckets: readonly string[];
  /** What a device shows; empty: none. */
  readonly code: string;
};

export type RightsCheck = {
  readonly asking: boolean;
  readonly found: AwsCheck | null;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly problem: Problem | null;
  readonly ask: (question: RightsQuestion) => void;
};

export function useRightsCheck(): RightsCheck {
  const [atMs, setAtMs] = useState(0);
  const { mutate, ...order } = useOrder(
    (client, { place, purpose, buckets, code }: RightsQuestion) =>
      client.aws.check({ ...place, purpose, buckets: [...buckets], ...(code === '' ? {} : { code }) }),
    [accountsKey],
  );
  return {
    asking: order.isPending,
    found: order.data ?? null,
    atMs,
    problem: problemIn(order),
    ask: useCallback((question) => mutate(question, { onSuccess: () => setAtMs(Date.now()) }), [mutate]),
  };
}
