/** The properties of a source that make its hooks: read from the command line, and shown. */
import type { SourceDefinition } from '../../shared/contract/sources.ts';
import { hookLimits, hookText, type Hook } from '../../shared/model/hooks.ts';
import { readHook } from '../../shared/model/typed-hook.ts';
import { formatDuration, parseDuration } from '../../shared/model/units.ts';
import { yesOrNo } from './arguments.ts';
import { badUsage } from './failure.ts';

type Hooks = SourceDefinition['commands'];
type When = 'before' | 'after';

export const HOOKS_HELP = `  before, after        what runs around a capture: a program with its words, without a shell; for words of any kind a
                       JSON list, such as '["/usr/bin/freeze","a b"]'
  before-shell, after-shell      in place of it, a line for /bin/sh -c
  before-webhook, after-webhook  in place of it, an address that gets a POST of JSON
  before-ssm, after-ssm          of a source in EC2, in place of it: a script that AWS Systems Manager runs in its
                       instances; with -ssm-powershell, on Windows. What was frozen thaws there by itself in time
  before-timeout, after-timeout  how long it may take (1m)
  hooks-required       yes: where the hook before fails, nothing is captured; no: the snapshot is crash-consistent
  maximum-hold         when the hook after runs at the latest, also while files are still read (1m)`;

const kinds = {
  '': 'command',
  '-shell': 'shell',
  '-webhook': 'webhook',
  '-ssm': 'ssm',
  '-ssm-powershell': 'ssm-powershell',
} as const;
const suffixes = ['', '-shell', '-webhook', '-ssm', '-ssm-powershell'] as const;

export const hookKeys: readonly string[] = [
  ...(['before', 'after'] as const).flatMap((when) => [...suffixes.map((kind) => `${when}${kind}`), `${when}-timeout`]),
  'hooks-required',
  'maximum-hold',
];

/** Values by key; a key without any takes the property away. What is not among them stays as it was. */
export function hooksWith(before: Hooks, properties: ReadonlyMap<string, readonly string[]>): Hooks {
  const given = (key: string): string | null | undefined => {
    const values = properties.get(key);
    return values === undefined ? undefined : (values[0] ?? null);
  };
  const required = given('hooks-required');
  const hold = given('maximum-hold');
  return {
    before: hookWith('before', before.before, given),
    after: hookWith('after', before.after, given),
    required: required === undefined ? before.required : yesOrNo('hooks-required', required),
    maximumHoldMs: hold === undefined ? before.maximumHoldMs : limited('maximum-hold', hold, hookLimits.maximumHoldMs),
    ...(before.checks === undefined ? {} : { checks: before.checks }),
  };
}

/** What of it can be shown, by its key. */
export function hookFacts({ before, after, required, maximumHoldMs }: Hooks): (readonly [string, string])[] {
  const facts: (readonly [string, string] | null)[] = [
    ...(['before', 'after'] as const).flatMap((when) => {
      const hook = when === 'before' ? before : after;
      if (hook === null) return [];
      const { usual } = hookLimits.timeoutMs;
      return [
        [when, hookText(hook)] as const,
        hook.timeoutMs === usual ? null : ([`${when}-timeout`, formatDuration(hook.timeoutMs)] as const),
      ];
    }),
    required ? ['hooks-required', 'yes'] : null,
    before === null || after === null ? null : ['maximum-hold', formatDuration(maximumHoldMs)],
  ];
  return facts.filter((fact) => fact !== null);
}

function hookWith(when: When, was: Hook | null, given: (key: string) => string | null | undefined): Hook | null {
  const set = suffixes.filter((kind) => typeof given(`${when}${kind}`) === 'string');
  if (set.length > 1)
    throw badUsage(`There can be one hook ${when}: give ${when}${set[0] ?? ''} or ${when}${set[1] ?? ''}.`);
  const [kind] = set;
  const timeout = given(`${when}-timeout`);
  const usual = was?.timeoutMs ?? hookLimits.timeoutMs.usual;
  const timeoutMs = timeout === undefined ? usual : limited(`${when}-timeout`, timeout, hookLimits.timeoutMs);
  if (kind !== undefined) {
    const hook = readHook(kinds[kind], given(`${when}${kind}`) ?? '', timeoutMs);
    if ('problem' in hook) throw badUsage(`${when}${kind} ${hook.problem}.`);
    return hook;
  }
  const isTakenAway = suffixes.some((one) => given(`${when}${one}`) === null);
  return was === null || isTakenAway ? null : { ...was, timeoutMs };
}

function limited(
  key: string,
  text: string | null,
  { least, most, usual }: { readonly least: number; readonly most: number; readonly usual: number },
): number {
  if (text === null) return usual;
  const ms = parseDuration(text);
  if (ms !== null && ms >= least && ms <= most) return ms;
  throw badUsage(`${key} is a duration from ${formatDuration(least)} to ${formatDuration(most)}, such as 90s or 5m.`);
}
