/**
 * What GitHub answers, as it is kept: without addresses that follow from the rest, without what depends on who asks, and
 * always in the same order, so that what has not changed is the same bytes.
 */

type Json = null | boolean | number | string | bigint | readonly Json[] | { readonly [key: string]: Json };

/** Counters and moments that change by themselves, rights of whoever asks, and secrets. */
const dropped = new Set(
  [
    'node_id url gravatar_id permissions temp_clone_token score user_view_type site_admin viewer_can_update _links',
    'stargazers_count watchers_count watchers forks_count forks network_count subscribers_count download_count',
    'open_issues open_issues_count closed_issues',
  ].flatMap((names) => names.split(' ')),
);
const keptAddresses = new Set(['html_url', 'browser_download_url', 'mirror_url']);
const deepest = 30;

/** A copy to keep. */
export function tidy(value: unknown, depth = 0): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value !== 'object' || depth > deepest) return null;
  if (Array.isArray(value)) return value.map((item) => tidy(item, depth + 1));
  const object = value as Readonly<Record<string, unknown>>;
  if (isAccount(object)) return { id: tidy(object['id']), login: tidy(object['login']), type: tidy(object['type']) };
  if (depth > 0 && isRepository(object)) return { full_name: tidy(object['full_name']), id: tidy(object['id']) };
  const kept = Object.entries(object).filter(
    ([key]) => !dropped.has(key) && (!key.endsWith('_url') || keptAddresses.has(key)),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, tidy(item, depth + 1)]));
}

/** On one line, keys sorted; `first` before all others. */
export function stableLine(value: Json, first: string | null = null): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return oneLine(JSON.stringify(value));
  if (isArray(value)) return `[${value.map((item) => stableLine(item)).join(',')}]`;
  const keys = Object.keys(value).sort((a, b) => (a === first ? -1 : b === first ? 1 : a < b ? -1 : 1));
  return `{${keys.map((key) => `${oneLine(JSON.stringify(key))}:${stableLine(value[key] ?? null)}`).join(',')}}`;
}

/** For people too: one line for each part of the uppermost list or object. */
export function stableText(value: Json): string {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return `${stableLine(value)}\n`;
  if (isArray(value)) return `[\n${value.map((item) => stableLine(item)).join(',\n')}\n]\n`;
  const keys = Object.keys(value).sort();
  return `{\n${keys.map((key) => `${JSON.stringify(key)}: ${partText(value[key] ?? null)}`).join(',\n')}\n}\n`;
}

function partText(value: Json): string {
  if (!isArray(value) || value.length === 0) return stableLine(value);
  return `[\n${value.map((item) => stableLine(item)).join(',\n')}\n]`;
}

/** Two characters that JSON allows in a text end a line for who reads lines. */
function oneLine(text: string): string {
  return text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isAccount(object: Readonly<Record<string, unknown>>): boolean {
  return 'login' in object && 'id' in object && 'avatar_url' in object;
}

function isRepository(object: Readonly<Record<string, unknown>>): boolean {
  return 'full_name' in object && 'clone_url' in object;
}
