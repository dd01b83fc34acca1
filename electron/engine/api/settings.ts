import { settingCatalog } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';
import { isConfigured } from './is-configured.ts';

export const settingsHandlers = {
  list: handlers.settings.list.handler(async ({ context }) => {
    if (!(await isConfigured(context))) return { settings: [] };
    return { settings: await context.catalog.read('settings.list', context.caller, null) };
  }),
  set: handlers.settings.set.handler(async ({ input: { repository, key, value }, context }) => {
    refuseWrongValue(key, value);
    const { saved, notices } = await changeConfiguration(
      context,
      () => openAccess(context, repository),
      () => context.catalog.write('settings.set', context.caller, { key, value }),
    );
    await context.impact.look();
    return { saved, notices };
  }),
};

function refuseWrongValue(key: string, value: string | number | boolean | null): void {
  const known = Object.hasOwn(settingCatalog, key) ? settingCatalog[key] : undefined;
  // One that a newer version wrote can be taken back all the same.
  if (value === null) return;
  if (known === undefined) throw new HoldfastError('BAD_USAGE', `There is no setting ${key}.`);
  const type = typeof value === 'string' ? 'text' : typeof value;
  if (type !== known.type) throw new HoldfastError('BAD_USAGE', `The setting ${key} is a ${known.type}.`);
  const problem = typeof value === 'string' ? (known.check?.(value) ?? null) : null;
  if (problem !== null) throw new HoldfastError('BAD_USAGE', problem);
}
