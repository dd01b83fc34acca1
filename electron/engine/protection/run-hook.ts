/** One hook: what it is told, how it is run, and what is written down of it. */
import { hookText, isGuestHook, type GuestHook, type Hook } from '../../../shared/model/hooks.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { freezingScript, thawedByItself, thawingScript, type Guard } from '../aws/guest-scripts.ts';
import type { GuestCommand, GuestResult } from '../aws/run-on-instances.ts';
import { redactText } from '../platform/redact.ts';
import { runSubprocess, type SubprocessResult } from '../platform/subprocess.ts';
import { postWebhook, type WebhookResult } from '../platform/webhook.ts';

/**
 * Told to a hook after the capture. `complete`, `partial`: all of it was read, or not all. `failed`, `cancelled`: the run
 * ended before. `before-failed`: the hook before it did not go well. `hold-limit`: all that may be held has passed, and
 * reading goes on. `engine-lost`: the engine ended first, and another one makes up for it.
 */
export type HookStatus =
  | 'complete'
  | 'partial'
  | 'failed'
  | 'cancelled'
  | 'before-failed'
  | 'hold-limit'
  | 'engine-lost';

export type HookFacts = { readonly source: string; readonly run: string } & (
  | {
      readonly hook: 'before';
      /** From its beginning: by then the hook after it has been called, unless the engine is gone. */
      readonly thawAfterSeconds: number;
      /** Of one that runs in instances: what thaws there by itself; without it, nothing does. */
      readonly guard?: Guard | null;
    }
  | {
      readonly hook: 'after';
      readonly status: HookStatus;
      readonly snapshot: string | null;
      /** Whether the one before it has left something that thaws by itself. */
      readonly isGuarded?: boolean;
    }
);

/** Runs a script in the instances of a source. Never rejects. */
export type OnInstances = (command: GuestCommand) => Promise<GuestResult>;

type Tools = {
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
  /** Null: the source has none. */
  readonly onInstances: OnInstances | null;
};

/** More would push everything else out of the log of the job. */
const loggedLines = 200;
/** Of each, so that no output makes the main thread look for secrets for long. */
const loggedCharacters = 500;
/** Of this engine's own environment; the rest may hold secrets. */
const handedOn = ['PATH', 'HOME', 'LANG'] as const;
const hidden = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** What went wrong, in a sentence; null where nothing did. Never rejects. */
export async function runHook(
  hook: Hook,
  facts: HookFacts,
  { log, signal, onInstances }: Tools,
): Promise<string | null> {
  log(visible(redactText(`Hook ${facts.hook}: ${hookText(hook)}`)));
  const beganMs = performance.now();
  const { end, output, isCut } = await start(hook, facts, { signal, onInstances });
  outputLines(output, isCut).forEach(log);
  const problem = problemOf(end, hook);
  log(`Hook ${facts.hook}: ${problem ?? 'done'}, after ${formatDuration(performance.now() - beganMs)}.`);
  return problem === null ? null : `The hook ${facts.hook} the capture ${problem}.`;
}

type End = SubprocessResult['end'] | WebhookResult['end'];
type Ended = { readonly end: End; readonly output: Buffer; readonly isCut: boolean };

function start(
  hook: Hook,
  { guard = null, isGuarded = false, ...facts }: HookFacts & { guard?: Guard | null; isGuarded?: boolean },
  { signal, onInstances }: Omit<Tools, 'log'>,
): Promise<Ended> {
  const { timeoutMs } = hook;
  if (isGuestHook(hook)) return inInstances(hook, facts, { guard, isGuarded }, { signal, onInstances });
  if (hook.kind === 'webhook') return postWebhook({ url: hook.url, body: facts, timeoutMs, signal });
  const argv = hook.kind === 'command' ? hook.argv : ['/bin/sh', '-c', hook.script];
  return runSubprocess({ argv, environment: environmentOf(facts), timeoutMs, signal });
}

function inInstances(
  { kind, script, timeoutMs }: GuestHook,
  facts: HookFacts,
  { guard, isGuarded }: { readonly guard: Guard | null; readonly isGuarded: boolean },
  { signal, onInstances }: Omit<Tools, 'log'>,
): Promise<Ended> {
  if (onInstances === null) {
    const end = { kind: 'notStarted', problem: 'only sources in EC2 have instances to run it in' } as const;
    return Promise.resolve({ end, output: Buffer.alloc(0), isCut: false });
  }
  const of = { kind, script, run: facts.run, variables: factsOf(facts) };
  const text = facts.hook === 'before' ? freezingScript(of, guard) : thawingScript(of, isGuarded);
  const comment = `Holdfast: hook ${facts.hook} of ${facts.source}`;
  return onInstances({ kind, script: text, comment, timeoutMs, signal });
}

/** All that a hook finds in its environment. */
function environmentOf(facts: HookFacts): Record<string, string> {
  const own = handedOn.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(own), ...factsOf(facts) };
}

function factsOf(facts: HookFacts): Record<string, string> {
  return {
    HOLDFAST_SOURCE: facts.source,
    HOLDFAST_RUN: facts.run,
    HOLDFAST_HOOK: facts.hook,
    ...(facts.hook === 'before'
      ? { HOLDFAST_THAW_AFTER_SECONDS: String(facts.thawAfterSeconds) }
      : { HOLDFAST_STATUS: facts.status, ...(facts.snapshot === null ? {} : { HOLDFAST_SNAPSHOT: facts.snapshot }) }),
  };
}

function problemOf(end: End, hook: Hook): string | null {
  switch (end.kind) {
    case 'exited':
      if (end.code === thawedByItself && isGuestHook(hook))
        return 'came too late: an instance had thawed by itself already';
      return end.code === 0 ? null : `ended with exit code ${end.code}`;
    case 'killed':
      return `was ended by ${end.signal}`;
    case 'answered':
      if (end.status >= 200 && end.status < 300) return null;
      return end.status >= 300 && end.status < 400
        ? `was answered with ${end.status}, and redirects are not followed`
        : `was answered with ${end.status}`;
    case 'timeLimit':
      return `took longer than ${formatDuration(hook.timeoutMs)} and was ended`;
    case 'cancelled':
      return 'was ended, because the run was told to stop';
    case 'notStarted':
      return `could not be started: ${visible(end.problem)}`;
    case 'unreachable':
      return `could not be delivered: ${visible(end.problem)}`;
  }
}

/** The last of them, without secrets that can be told by their names, and without what drives a terminal. */
function outputLines(output: Buffer, isCut: boolean): string[] {
  const lines = output
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const shown = lines.slice(-loggedLines).map((line) => `  ${visible(redactText(shortened(line)))}`);
  return isCut || shown.length < lines.length ? ['  … what it wrote before is left out', ...shown] : shown;
}

function shortened(line: string): string {
  return line.length <= loggedCharacters ? line : `${line.slice(0, loggedCharacters)}…`;
}

function visible(text: string): string {
  return text.replaceAll(hidden, (character) =>
    character === '\t' ? '    ' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
