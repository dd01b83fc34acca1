/**
 * A lease on the sources of a console, kept by a witness that belongs to neither side: who may act as their owner while nobody
 * is there to decide. Pure: clocks and messages come in.
 *
 * The witness judges by a clock of its own that never runs ahead, the owner by one that never falls behind, and between them
 * only durations travel. So the owner stops before the witness lets anybody else have the lease.
 */

export type Lease = {
  /** Null: nobody has it. */
  readonly holder: string | null;
  /** Grows by one each time it is taken: whoever comes with a lower one is late. */
  readonly token: number;
  readonly durationMs: number;
  /** An operator has said that nobody takes it from its holder. */
  readonly paused: LeasePause | null;
};
export type LeasePause = { readonly by: string; readonly reason: string };

/** As the witness has it in memory. */
export type KeptLease = Lease & {
  /** When it was taken or renewed, by the witness's own clock; its start, where it has lost that. */
  readonly renewedAtMs: number;
};

export type LeaseRequest =
  | { readonly action: 'look' }
  /** Done only where the token is still the one that was seen, and nobody's time runs. */
  | { readonly action: 'take'; readonly token: number; readonly durationMs: number }
  | { readonly action: 'renew'; readonly token: number }
  | { readonly action: 'release'; readonly token: number }
  | { readonly action: 'pause'; readonly reason: string }
  | { readonly action: 'resume' };

export type LeaseAnswer = Lease & {
  /** Whether what was asked for was done. */
  readonly granted: boolean;
  /** Until somebody else may take it. Also one that was given back: who had it may not have heard. */
  readonly leftMs: number;
  /** For how long its holder is late. */
  readonly overdueMs: number;
};

/** What the witness does with a request of `by`. `isChange`: it has to be durable before it is answered. */
export function witness(
  lease: KeptLease,
  by: string,
  request: LeaseRequest,
  nowMs: number,
): { readonly lease: KeptLease; readonly answer: LeaseAnswer; readonly isChange: boolean } {
  const next = decided(lease, by, request, nowMs);
  const granted = next !== null;
  const after = next ?? lease;
  const { holder, token, durationMs, paused } = after;
  const sinceMs = Math.max(0, nowMs - after.renewedAtMs);
  return {
    lease: after,
    answer: {
      granted,
      holder,
      token,
      durationMs,
      paused,
      leftMs: Math.max(0, durationMs - sinceMs),
      overdueMs: holder === null ? 0 : Math.max(0, sinceMs - durationMs),
    },
    // A witness that begins anew lets a whole duration pass: when it was renewed need not outlive it.
    isChange: granted && request.action !== 'look' && request.action !== 'renew',
  };
}

/** Null: it is refused. */
function decided(lease: KeptLease, by: string, request: LeaseRequest, nowMs: number): KeptLease | null {
  const { holder, token, durationMs, renewedAtMs, paused } = lease;
  switch (request.action) {
    case 'look':
      return lease;
    case 'take': {
      const isFree = nowMs - renewedAtMs >= durationMs;
      const isKept = paused !== null && holder !== null && holder !== by;
      if (request.token !== token || !isFree || isKept) return null;
      return { ...lease, holder: by, token: token + 1, durationMs: request.durationMs, renewedAtMs: nowMs };
    }
    case 'renew':
      // Late or not: nobody has taken it meanwhile.
      return holder === by && request.token === token ? { ...lease, renewedAtMs: nowMs } : null;
    case 'release':
      return holder === by && request.token === token ? { ...lease, holder: null } : null;
    case 'pause':
      return { ...lease, paused: { by, reason: request.reason } };
    case 'resume':
      return { ...lease, paused: null };
  }
}

/** How one stands that wants to be the owner. Times are of its own clock, which counts sleep. */
export type Holding = {
  readonly me: string;
  readonly durationMs: number;
  /** `aside`: another one has it. */
  readonly phase: 'unsure' | 'holding' | 'aside';
  /** Of the lease that this process was given; 0: none was. */
  readonly token: number;
  /** Meaningful while it holds. */
  readonly validUntilMs: number;
  /** When the witness last answered; when this process began, where it has not. */
  readonly heardAtMs: number;
  /** What it said then. */
  readonly seen: LeaseAnswer | null;
};

/** What it may do: everything; take snapshots, which harms nobody; or nothing. */
export type Power = 'owner' | 'snapshots' | 'nothing';

/** Before the witness's time ends, by this part of it: clocks run at different rates. */
const marginPart = 0.1;
/** A witness that is silent for so many leases keeps nobody from taking snapshots. */
const patientLeases = 2;

/** `aside`: as it was written down that another one has it. */
export function beginHolding(me: string, durationMs: number, nowMs: number, aside: boolean): Holding {
  const phase = aside ? 'aside' : 'unsure';
  return { me, durationMs, phase, token: 0, validUntilMs: 0, heardAtMs: nowMs, seen: null };
}

export function powerOf({ phase, validUntilMs, heardAtMs, durationMs }: Holding, nowMs: number): Power {
  if (phase === 'aside') return 'nothing';
  if (phase === 'holding' && nowMs < validUntilMs) return 'owner';
  return nowMs - heardAtMs >= patientLeases * durationMs ? 'snapshots' : 'nothing';
}

/** What to ask the witness next. */
export function nextRequest({ me, token, seen, durationMs }: Holding): LeaseRequest {
  if (token > 0) return { action: 'renew', token };
  const isMine = seen !== null && (seen.holder === null || seen.holder === me);
  if (isMine && seen.leftMs === 0) return { action: 'take', token: seen.token, durationMs };
  return { action: 'look' };
}

/** `sentAtMs`: when the request left, which is before the witness's time began. */
export function heard(
  state: Holding,
  request: LeaseRequest,
  answer: LeaseAnswer,
  { sentAtMs, nowMs }: { readonly sentAtMs: number; readonly nowMs: number },
): Holding {
  const next = { ...state, heardAtMs: Math.max(state.heardAtMs, nowMs), seen: answer };
  const isOthers = answer.holder !== null && answer.holder !== state.me;
  if (isOthers) return { ...next, phase: 'aside', token: 0 };
  if (!answer.granted || (request.action !== 'take' && request.action !== 'renew')) {
    // Refused where it was given back, or where a copy of this home has it.
    const lost = request.action === 'renew';
    return { ...next, phase: state.phase === 'holding' && !lost ? 'holding' : 'unsure', token: lost ? 0 : state.token };
  }
  const validUntilMs = sentAtMs + answer.durationMs * (1 - marginPart);
  return { ...next, phase: 'holding', token: answer.token, durationMs: answer.durationMs, validUntilMs };
}

export type StandbyFacts = {
  readonly me: string;
  /** Null: the witness does not answer. */
  readonly answer: LeaseAnswer | null;
  /** How long after the end of the lease its holder is still waited for. */
  readonly graceMs: number;
  /** As this console itself sees it. */
  readonly owner: 'answers' | 'silent' | 'unknown';
  /** It has promoted once, and nobody has acknowledged that. */
  readonly hasPromoted: boolean;
  /** What else stands in the way, in sentences; null: not looked at yet. */
  readonly obstacles: readonly string[] | null;
};

export type StandbyDecision =
  /** Nothing is to be done. `blind`: without the witness nobody is promoted. */
  | {
      readonly act: 'watch';
      readonly because: 'promoted' | 'blind' | 'nobody' | 'held' | 'grace' | 'paused' | 'answers';
    }
  | { readonly act: 'blocked'; readonly obstacles: readonly string[] }
  | { readonly act: 'look' | 'take' | 'release' };

/** What one that stands by does. `release`: it has taken the lease, and came to nothing with it. */
export function standbyDecision(facts: StandbyFacts): StandbyDecision {
  const { me, answer, graceMs, owner, hasPromoted, obstacles } = facts;
  if (hasPromoted) return { act: 'watch', because: 'promoted' };
  if (answer === null) return { act: 'watch', because: 'blind' };
  if (answer.holder === null) return { act: 'watch', because: 'nobody' };
  const isMine = answer.holder === me;
  if (owner !== 'silent' && isMine) return { act: 'release' };
  if (answer.leftMs > 0) return { act: 'watch', because: 'held' };
  if (!isMine && answer.overdueMs < graceMs) return { act: 'watch', because: 'grace' };
  if (answer.paused !== null) return isMine ? { act: 'release' } : { act: 'watch', because: 'paused' };
  if (owner !== 'silent') return { act: 'watch', because: 'answers' };
  if (obstacles === null) return { act: 'look' };
  if (obstacles.length > 0) return isMine ? { act: 'release' } : { act: 'blocked', obstacles };
  return { act: 'take' };
}
