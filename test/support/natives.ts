/** Native snapshots as they might be listed, for what decides about them. */
import type { Lineage } from '../../electron/engine/aws/lineage.ts';
import type { NativeSnapshot } from '../../electron/engine/aws/snapshots.ts';

export const owner = { consoles: new Set(['0123456789abcdef']), tenant: 'default', source: 'web' };
export const repository = 'ab'.repeat(32);
export const dayMs = 86_400_000;

export const lineage: Lineage = {
  console: '0123456789abcdef',
  tenant: 'default',
  source: 'web',
  repository,
  run: 'run-1',
  takenAtMs: 0,
  profile: null,
  periods: [],
  consistency: 'crash',
  instance: null,
  volume: null,
  device: null,
  copyTo: [],
  copyOf: null,
  keepUntilMs: null,
};

let made = 0;

export function native(
  about: Partial<Lineage>,
  more: Partial<Omit<NativeSnapshot, 'lineage'>> & { readonly lineage?: null } = {},
): NativeSnapshot {
  const of = { ...lineage, ...about };
  return {
    id: `snap-${(++made).toString(16).padStart(17, '0')}`,
    region: 'eu-central-1',
    account: '111122223333',
    volume: 'vol-1',
    state: 'completed',
    stateMessage: null,
    percent: 100,
    sizeGiB: 1,
    startedAtMs: of.takenAtMs,
    encrypted: false,
    kmsKey: null,
    archived: false,
    description: '',
    tags: new Map(),
    lineage: of,
    maker: 'holdfast',
    ...more,
  };
}
