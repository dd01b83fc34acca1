import type { CallContext } from './context.ts';

/** What an operator has set, or the other. */
export async function numberSetting(
  { catalog, caller }: Pick<CallContext, 'catalog' | 'caller'>,
  key: string,
  otherwise: number,
): Promise<number> {
  const found = (await catalog.read('settings.list', caller, null)).find((setting) => setting.key === key);
  return typeof found?.value === 'number' && found.value >= 0 ? found.value : otherwise;
}
