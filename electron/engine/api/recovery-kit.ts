import { readKitFile } from '../recovery/kit/kit-file.ts';
import { makeRecoveryKit } from '../recovery/kit/kit.ts';
import { evidenceFolder } from '../recovery/evidence/chain-files.ts';
import { readKeyAbout } from '../recovery/evidence/signing-key.ts';
import { isConfigured } from './is-configured.ts';
import { kitStanding, noteKitSaved } from './kit-basis.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';

export const recoveryKitHandlers = {
  make: handlers.recoveryKit.make.handler(async ({ input, context }) => {
    const { catalog, caller, home, runs } = context;
    const settings = (await isConfigured(context)) ? await catalog.read('settings.list', caller, null) : [];
    const contacts = String(settings.find(({ key }) => key === 'recovery.contacts')?.value ?? '');
    const kit = await makeRecoveryKit({
      repository: await openAccess(context, input.repository),
      caller,
      nowMs: runs.nowMs(),
      evidenceKey: await readKeyAbout(evidenceFolder(home)),
      contacts: contacts
        .split(';')
        .map((text) => text.trim())
        .filter((text) => text !== ''),
    });
    if (input.kept) {
      await noteKitSaved(context, runs.nowMs());
      context.alerts.watch.changed(caller.tenant);
    }
    return kit;
  }),
  read: handlers.recoveryKit.read.handler(({ input }) => readKitFile(input.text)),
  standing: handlers.recoveryKit.standing.handler(async ({ context }) => {
    const { savedAtMs, changes } = await kitStanding(context);
    return { savedAt: savedAtMs === null ? null : new Date(savedAtMs).toISOString(), changes: [...changes] };
  }),
};
