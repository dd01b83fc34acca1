/** Hooks as they are typed, on a command line or in a field, and back. */
import { configurationLimits } from './configuration.ts';
import { hookLimits, isProgram, isWebhookUrl, type Hook, type Hooks } from './hooks.ts';
import { quotedWord, splitWords } from './hook-words.ts';

export const hookKinds = ['command', 'shell', 'webhook', 'ssm', 'ssm-powershell'] as const;
export type HookKind = (typeof hookKinds)[number];

/** What is wrong with it, as the end of a sentence. */
type Problem = { readonly problem: string };

/** The hook that a text means. A program with its words may be typed as a JSON list of them as well. */
export function readHook(kind: HookKind, text: string, timeoutMs: number): Hook | Problem {
  if (text.length > configurationLimits.textLength) return { problem: 'is too long' };
  switch (kind) {
    case 'shell':
    case 'ssm':
    case 'ssm-powershell':
      return { kind, script: text, timeoutMs };
    case 'webhook':
      if (isWebhookUrl(text)) return { kind, url: text, timeoutMs };
      return { problem: 'is an address with http:// or https://, without a name or password in it' };
    case 'command': {
      const argv = readWords(text);
      return 'problem' in argv ? argv : { kind, argv, timeoutMs };
    }
  }
}

/** What one types for it: `readHook` leads back. */
export function typedHook(hook: Hook): string {
  switch (hook.kind) {
    case 'shell':
    case 'ssm':
    case 'ssm-powershell':
      return hook.script;
    case 'webhook':
      return hook.url;
    case 'command': {
      const line = hook.argv.map(quotedWord).join(' ');
      const words = splitWords(line);
      return JSON.stringify(words) === JSON.stringify(hook.argv) ? line : JSON.stringify(hook.argv);
    }
  }
}

/** Keys and values that `holdfast source set` takes; what is as usual is left out. */
export function hookProperties({ before, after, required, maximumHoldMs }: Hooks): (readonly [string, string])[] {
  const of = (when: string, hook: Hook | null): (readonly [string, string])[] => {
    if (hook === null) return [];
    const typed = [`${when}${suffixes[hook.kind]}`, typedHook(hook)] as const;
    const isUsual = hook.timeoutMs === hookLimits.timeoutMs.usual;
    return isUsual ? [typed] : [typed, [`${when}-timeout`, typedDuration(hook.timeoutMs)]];
  };
  const isUsual = maximumHoldMs === hookLimits.maximumHoldMs.usual;
  return [
    ...of('before', before),
    ...of('after', after),
    ...(required ? [['hooks-required', 'yes'] as const] : []),
    ...(isUsual ? [] : [['maximum-hold', typedDuration(maximumHoldMs)] as const]),
  ];
}

const suffixes: Readonly<Record<HookKind, string>> = {
  command: '',
  shell: '-shell',
  webhook: '-webhook',
  ssm: '-ssm',
  'ssm-powershell': '-ssm-powershell',
};

/** In one unit, as `parseDuration` reads it. */
export function typedDuration(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${Math.round(ms / 1000)}s`;
}

function readWords(text: string): readonly string[] | Problem {
  const words = text.startsWith('[') ? jsonWords(text) : splitWords(text);
  if (words === null) {
    return {
      problem:
        'is a program with its words, and no shell looks at it: variables, pipes and patterns are for a shell, ' +
        'and unusual words for a JSON list of them',
    };
  }
  if (!isProgram(words[0] ?? '')) return { problem: 'begins with the whole path of a program, or with its name' };
  if (words.length > hookLimits.words) return { problem: `has more than ${hookLimits.words} words` };
  return words;
}

function jsonWords(text: string): string[] | null {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null;
  } catch {
    return null;
  }
}
