/** The hooks of a source while somebody types them. */
import type { SourceDefinition } from '../../../shared/contract/sources.ts';
import { hookLimits, type Hook } from '../../../shared/model/hooks.ts';
import { readHook, typedDuration, typedHook, type HookKind } from '../../../shared/model/typed-hook.ts';
import { parseDuration } from '../../../shared/model/units.ts';

export type HookDraft = {
  readonly kind: HookKind | 'none';
  readonly text: string;
  /** As it was typed: `90s`. */
  readonly timeout: string;
};

export type HooksDraft = {
  readonly before: HookDraft;
  readonly after: HookDraft;
  readonly required: boolean;
  readonly hold: string;
  /** Drills are checked by them; they are changed elsewhere. */
  readonly checks: SourceDefinition['commands']['checks'];
};

type Limits = { readonly least: number; readonly most: number };

export function hooksDraftOf({
  before,
  after,
  required,
  maximumHoldMs,
  checks,
}: SourceDefinition['commands']): HooksDraft {
  return { before: draftOf(before), after: draftOf(after), required, hold: typedDuration(maximumHoldMs), checks };
}

function draftOf(hook: Hook | null): HookDraft {
  if (hook === null) return { kind: 'none', text: '', timeout: typedDuration(hookLimits.timeoutMs.usual) };
  return { kind: hook.kind, text: typedHook(hook), timeout: typedDuration(hook.timeoutMs) };
}

/** Null while something is wrong. */
export function hooksOf(draft: HooksDraft): SourceDefinition['commands'] | null {
  const [before, after] = [hookOf(draft.before), hookOf(draft.after)];
  const maximumHoldMs = durationIn(draft.hold, hookLimits.maximumHoldMs);
  if (before === undefined || after === undefined || maximumHoldMs === null) return null;
  const { required, checks } = draft;
  return { before, after, required, maximumHoldMs, ...(checks === undefined ? {} : { checks }) };
}

/** What is wrong with the text, in a sentence; null: nothing, or nothing was typed yet. */
export function textFault({ kind, text, timeout }: HookDraft): string | null {
  if (kind === 'none' || text.trim() === '') return null;
  const hook = readHook(kind, text.trim(), durationIn(timeout, hookLimits.timeoutMs) ?? hookLimits.timeoutMs.usual);
  return 'problem' in hook ? `It ${hook.problem}.` : null;
}

export function timeoutFault({ timeout }: HookDraft): string | null {
  return durationIn(timeout, hookLimits.timeoutMs) === null ? 'From 1s to 1h.' : null;
}

export function holdFault({ hold }: HooksDraft): string | null {
  return durationIn(hold, hookLimits.maximumHoldMs) === null ? 'From 1s to 1d.' : null;
}

/** Undefined while something is wrong. */
function hookOf({ kind, text, timeout }: HookDraft): Hook | null | undefined {
  if (kind === 'none') return null;
  const timeoutMs = durationIn(timeout, hookLimits.timeoutMs);
  if (timeoutMs === null || text.trim() === '') return undefined;
  const hook = readHook(kind, text.trim(), timeoutMs);
  return 'problem' in hook ? undefined : hook;
}

function durationIn(text: string, { least, most }: Limits): number | null {
  const ms = parseDuration(text);
  return ms === null || ms < least || ms > most ? null : ms;
}
