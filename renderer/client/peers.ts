/** Other consoles that are watched, as answers that are kept; the engine asks them once a minute by itself. */
import { useEffect } from 'react';
import type { Peer } from '../../shared/contract/peers.ts';
import { useAnswer, type Answer } from './ask.ts';

export const peerAnswers = [['peers.list'], ['peers.show']] as const;

const lookAgainMs = 15_000;

/** As they were heard last, so that one that is silent keeps nobody waiting. */
export function usePeers(): Answer<{ readonly peers: readonly Peer[] }> {
  return useFresh(useAnswer(['peers.list'], (client, signal) => client.peers.list({}, { signal })));
}

/** Asks it. */
export function usePeer(id: string): Answer<Peer> {
  return useFresh(useAnswer(['peers.show', id], (client, signal) => client.peers.show({ peer: id }, { signal })));
}

function useFresh<Result>(answer: Answer<Result>): Answer<Result> {
  const { refetch } = answer;
  useEffect(() => {
    const timer = setInterval(() => void refetch(), lookAgainMs);
    return () => clearInterval(timer);
  }, [refetch]);
  return answer;
}
