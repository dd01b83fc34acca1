/** An invitation as it is being written, and what is wrong with it. Pure. */
import { parseSize } from '../../../../shared/model/units.ts';

export type InviteDraft = {
  readonly name: string;
  readonly appendOnly: boolean;
  /** As `500G`; empty: as much as the disk has. */
  readonly quota: string;
  readonly lifetimeMs: number;
  /** Host, or host and port; empty: a guess. */
  readonly address: string;
};

const hourMs = 3_600_000;
export const lifetimes: readonly { readonly label: string; readonly ms: number }[] = [
  { label: '1 hour', ms: hourMs },
  { label: '1 day', ms: 24 * hourMs },
  { label: '7 days', ms: 7 * 24 * hourMs },
  { label: '30 days', ms: 30 * 24 * hourMs },
];

export const emptyInvite: InviteDraft = { name: '', appendOnly: true, quota: '', lifetimeMs: 24 * hourMs, address: '' };

export function nameFault(name: string): string | null {
  if (name === '' || /^[a-z0-9][a-z0-9_-]{0,62}$/.test(name)) return null;
  return 'Small letters, digits, - and _, at most 63, and a letter or digit first.';
}

/** Bytes; null: no limit; undefined: what was typed is no size. */
export function quotaOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  return parseSize(text) ?? undefined;
}

export function isReady({ name, quota }: InviteDraft): boolean {
  return name !== '' && nameFault(name) === null && quotaOf(quota) !== undefined;
}

export function inviteCommand({ name, appendOnly, quota, lifetimeMs, address }: InviteDraft): readonly string[] {
  return [
    'holdfast',
    'site',
    'invite',
    name === '' ? 'NAME' : name,
    ...(appendOnly ? ['--append-only'] : []),
    ...(quota.trim() === '' ? [] : ['--quota', quota.trim()]),
    '--expires',
    `${lifetimeMs / hourMs}h`,
    ...(address.trim() === '' ? [] : ['--address', address.trim()]),
  ];
}
