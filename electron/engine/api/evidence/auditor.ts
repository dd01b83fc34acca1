/** Writes into the audit log what calls ask for: before a stream begins and at its end, and at the end of other calls. */
import { rights } from '../../../../shared/contract/rights.ts';
import { auditTargets } from '../../../../shared/model/audit-words.ts';
import type { AuditRecord } from '../../../../shared/model/evidence.ts';
import { innermostError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { redactText } from '../../platform/redact.ts';
import type { Calling } from '../context.ts';

/** What may be read without a right to change anything, and yet takes contents or keys away. */
const toldReads: ReadonlySet<string> = new Set(['git.file', 'recoveryKit.make', 'evidence.document']);

export type AuditedCall = {
  readonly calling: Calling;
  /** How it came in. */
  readonly door: string;
  readonly call: string;
  readonly input: unknown;
};

type Write = (record: AuditRecord) => Promise<void>;

/** Answers as the call does, with the same failure. What only looks leaves nothing. */
export async function audited(write: Write, told: AuditedCall, answer: () => Promise<unknown>): Promise<unknown> {
  if (!isTold(told.call)) return answer();
  const { calling, door, call, input } = told;
  const { tenant, actor } = calling.caller;
  const targets = auditTargets(input, redactText);
  const note = (outcome: string): Promise<void> => write({ tenant, actor, door, call, targets, outcome });
  let given: unknown;
  try {
    given = await answer();
  } catch (error) {
    await note(outcomeOf(error));
    throw error;
  }
  if (isStream(given)) return toldStream(given, note);
  await note('done');
  return given;
}

function isTold(call: string): boolean {
  const role = Object.hasOwn(rights, call) ? rights[call as keyof typeof rights] : null;
  return (role !== null && role !== 'read') || toldReads.has(call);
}

/** `left`: whoever asked did not stay to its end; what goes on without them has a job. */
async function* toldStream(events: AsyncIterable<unknown>, note: (outcome: string) => Promise<void>) {
  void note('begun');
  let outcome = 'left';
  try {
    for await (const event of events) {
      if (isDone(event)) outcome = 'done';
      yield event;
    }
    outcome = 'done';
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    await note(outcome);
  }
}

function outcomeOf(error: unknown): string {
  return toHoldfastError(innermostError(error)).code;
}

function isDone(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'done';
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}
