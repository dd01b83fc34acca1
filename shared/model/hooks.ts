/** Hooks: what runs before and after a source is captured, so that what lies in the snapshot is consistent. */
import type { DrillProbe } from './drill-probes.ts';
import { quotedWord, splitWords } from './hook-words.ts';

/**
 * `command`: a program with its words, started as it is, without a shell. `shell`: a line for `/bin/sh -c`. `webhook`: a
 * POST of JSON to an address. `ssm`, `ssm-powershell`: a script that AWS Systems Manager runs in the instances that a source
 * in EC2 is of. Each may take `timeoutMs`.
 */
export type Hook =
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly timeoutMs: number }
  | { readonly kind: 'shell'; readonly script: string; readonly timeoutMs: number }
  | { readonly kind: 'webhook'; readonly url: string; readonly timeoutMs: number }
  | GuestHook;

/** Run inside of instances. */
export type GuestHook = {
  readonly kind: 'ssm' | 'ssm-powershell';
  readonly script: string;
  readonly timeoutMs: number;
};

export type Hooks = {
  readonly before: Hook | null;
  readonly after: Hook | null;
  /** Without a `before` that went well nothing is captured. */
  readonly required: boolean;
  /** How long what `before` has frozen stays so: then `after` runs, whatever is still to be read. */
  readonly maximumHoldMs: number;
  /** What a drill is checked by; left out: by nothing of one's own. */
  readonly checks?: readonly DrillProbe[] | undefined;
};

export const hookLimits = {
  timeoutMs: { least: 1_000, most: 3_600_000, usual: 60_000 },
  maximumHoldMs: { least: 1_000, most: 86_400_000, usual: 60_000 },
  words: 100,
} as const;

export const noHooks: Hooks = {
  before: null,
  after: null,
  required: false,
  maximumHoldMs: hookLimits.maximumHoldMs.usual,
};

/** `application`: the hook before it went well, and held until all was read. `crash`: as after a power failure. */
export const consistencies = ['application', 'crash'] as const;
export type Consistency = (typeof consistencies)[number];

export function hasHooks({ before, after }: Pick<Hooks, 'before' | 'after'>): boolean {
  return before !== null || after !== null;
}

/** Whether there is anything that somebody has to approve before it is run here. */
export function hasAnyCommand(hooks: Pick<Hooks, 'before' | 'after' | 'checks'>): boolean {
  return hasHooks(hooks) || (hooks.checks ?? []).length > 0;
}

/** What of it somebody has to approve is the same: how long it may take does not count. */
export function runsTheSame(one: Hook | null, other: Hook | null): boolean {
  if (one === null || other === null) return one === other;
  return JSON.stringify(whatRuns(one)) === JSON.stringify(whatRuns(other));
}

function whatRuns(hook: Hook): readonly (string | readonly string[])[] {
  switch (hook.kind) {
    case 'command':
      return [hook.kind, hook.argv];
    case 'shell':
      return [hook.kind, hook.script];
    case 'webhook':
      return [hook.kind, hook.url];
    case 'ssm':
    case 'ssm-powershell':
      return [hook.kind, hook.script];
  }
}

export function isGuestHook(hook: Hook | null): hook is GuestHook {
  return hook?.kind === 'ssm' || hook?.kind === 'ssm-powershell';
}

/** Exactly what runs, as one would type it into a shell. */
export function hookText(hook: Hook): string {
  switch (hook.kind) {
    case 'command':
      return hook.argv.map(quotedWord).join(' ');
    case 'shell':
      return `/bin/sh -c ${quotedWord(hook.script)}`;
    case 'webhook':
      return `POST ${hook.url}`;
    case 'ssm':
      return `AWS-RunShellScript: ${hook.script}`;
    case 'ssm-powershell':
      return `AWS-RunPowerShellScript: ${hook.script}`;
  }
}

/** A program is found by its whole path, or by a name along PATH: not by where the engine happens to stand. */
export function isProgram(word: string): boolean {
  return word.startsWith('/') || (word !== '' && !word.includes('/'));
}

/** An http or https address without a name or password in it. */
export function isWebhookUrl(text: string): boolean {
  return /^https?:\/\/[^\s/?#@\\]+(?:[/?#]\S*)?$/i.test(text) && text.length <= 2048;
}

/** Earlier versions stored a line of text. A line of plain words means the same with and without a shell. */
export function hookFromText(line: string): Hook {
  const timeoutMs = hookLimits.timeoutMs.usual;
  const argv = splitWords(line);
  const [program = ''] = argv ?? [];
  return argv !== null && isProgram(program) && argv.length <= hookLimits.words
    ? { kind: 'command', argv, timeoutMs }
    : { kind: 'shell', script: line, timeoutMs };
}

/** What earlier versions stored, in the form of now; what is neither stays as it is, to be refused by whoever reads it. */
export function hooksFromStored(stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null || !('before' in stored) || !('after' in stored)) return stored;
  const read = (hook: unknown): unknown => (typeof hook === 'string' && hook !== '' ? hookFromText(hook) : hook);
  const { required, maximumHoldMs } = noHooks;
  return { required, maximumHoldMs, ...stored, before: read(stored.before), after: read(stored.after) };
}
