/** Settings that the engine of a home asks for by itself, also before anybody has set anything. */
import type { Catalog } from '../catalog/catalog.ts';
import { readNote } from '../configuration/note.ts';
import { defaultPerMinute } from './http/rates.ts';
import { numberSetting } from './number-setting.ts';

/** As they were typed; empty where nobody has set any. */
export async function impactRules(home: string, catalog: Catalog, tenant: string): Promise<string> {
  if (((await readNote(home))?.of(tenant) ?? null) === null) return '';
  const settings = await catalog.read('settings.list', { tenant, actor: 'engine' }, null);
  return String(settings.find(({ key }) => key === 'impact.limits')?.value ?? '');
}

export async function requestsPerMinute(home: string, catalog: Catalog, tenant: string): Promise<number> {
  if (((await readNote(home))?.of(tenant) ?? null) === null) return defaultPerMinute;
  return numberSetting({ catalog, caller: { tenant, actor: 'http' } }, 'api.per-minute', defaultPerMinute);
}
