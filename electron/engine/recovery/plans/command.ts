/** A command of a plan or of a drill: what it is told, how it is run, and what is kept of what it says. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { PlanCommand } from '../../../../shared/model/recovery-plans.ts';
import { redactText } from '../../platform/redact.ts';
import { runSubprocess, type SubprocessResult } from '../../platform/subprocess.ts';

export type CommandRequest = {
  readonly run: PlanCommand;
  readonly values: Readonly<Record<string, string>>;
  /** What it finds in its environment beside them. */
  readonly beside: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

/** The longest that a timer can wait; the step has a limit of its own. */
const longestMs = 2 ** 31 - 1;
const keptCharacters = 8_000;
/** Of this engine's own environment; the rest may hold secrets. */
const handedOn = ['PATH', 'HOME', 'LANG'] as const;
const hidden = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** What it has said is given to `onOutput`, also where it fails: PLAN_STEP_FAILED. */
export async function runCommand(request: CommandRequest, onOutput: (text: string) => Promise<void>): Promise<void> {
  const { run, signal } = request;
  const argv = run.kind === 'program' ? run.words : ['/bin/sh', '-c', run.script];
  const environment = environmentOf(request);
  const { end, output, isCut } = await runSubprocess({ argv, environment, timeoutMs: longestMs, signal });
  await onOutput(visibleText(output.toString('utf8'), isCut));
  const problem = problemOf(end);
  if (problem !== null) throw new HoldfastError('PLAN_STEP_FAILED', `The command ${problem}.`);
}

function environmentOf({ values, beside }: CommandRequest): Record<string, string> {
  const own = handedOn.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const set = Object.entries(values).map(([name, value]) => [`HOLDFAST_SET_${name.toUpperCase()}`, value] as const);
  return { ...Object.fromEntries([...own, ...set]), ...beside };
}

function problemOf(end: SubprocessResult['end']): string | null {
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? null : `ended with exit code ${end.code}`;
    case 'killed':
      return `was ended by ${end.signal}`;
    case 'timeLimit':
    case 'cancelled':
      return 'was told to stop';
    case 'notStarted':
      return `could not be started: ${visibleText(end.problem, false)}`;
  }
}

/** The last of it, without secrets that can be told by their names, and without what drives a terminal. */
export function visibleText(text: string, isCut: boolean): string {
  const shown = redactText(text.slice(-keptCharacters)).replaceAll(hidden, (character) =>
    character === '\n' || character === '\t' ? character : character === '\r' ? '' : '�',
  );
  return isCut || text.length > keptCharacters ? `…\n${shown}` : shown;
}
