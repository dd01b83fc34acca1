/** AWS, asked of the engine: the accounts that are registered, and what one of them may. */
import { useCallback, useState } from 'react';
import type { AwsCheck } from '../../shared/contract/aws.ts';
import type { AwsAccount } from '../../shared/contract/aws-accounts.ts';
import type { AwsPlace } from '../../shared/contract/aws-sources.ts';
import type { AwsPurpose } from '../../shared/model/aws-rights.ts';
import { problemIn, useAnswer, useOrder, type Answer } from './ask.ts';
import type { Problem } from './problem.ts';

export const accountsKey = ['aws.accounts.list'] as const;

export function useAwsAccounts(): Answer<{ readonly accounts: readonly AwsAccount[] }> {
  return useAnswer(accountsKey, (client, signal) => client.aws.accounts.list({}, { signal }));
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
