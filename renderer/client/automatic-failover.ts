/** Automatic failover as an answer that is kept, asked anew every few seconds: leases are about seconds. */
import { useEffect } from 'react';
import type { AutomaticState } from '../../shared/contract/automatic-failover.ts';
import { useAnswer, type Answer } from './ask.ts';

export const automaticAnswers = [['failover.automatic.show']] as const;

const lookAgainMs = 5_000;

export function useAutomatic(): Answer<{ readonly automatic: AutomaticState | null }> {
  const answer = useAnswer(['failover.automatic.show'], (client, signal) =>
    client.failover.automatic.show({}, { signal }),
  );
  const { refetch } = answer;
  useEffect(() => {
    const timer = setInterval(() => void refetch(), lookAgainMs);
    return () => clearInterval(timer);
  }, [refetch]);
  return answer;
}
