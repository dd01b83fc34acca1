/** Which role each call of the contract asks for. It is enforced where the engine dispatches calls, for every door. */
import type { AnyContractProcedure } from '@orpc/contract';
import type { Role } from '../model/roles.ts';
import type { contract } from './index.ts';

/** `router.call` for every call of the contract. */
export type CallName = NamesIn<typeof contract>;

type NamesIn<Router> = {
  [Name in keyof Router & string]: Router[Name] extends AnyContractProcedure
    ? Name
    : `${Name}.${NamesIn<Router[Name]>}`;
}[keyof Router & string];

/** A call that is missing here does not compile. */
export const rights: Readonly<Record<CallName, Role>> = {
  'repository.init': 'admin',
  'repository.info': 'read',
  'repository.stats': 'read',
  'repository.check': 'operate',
  // Locks of others may go with it, and what they guard is then open to two at once.
  'repository.unlock': 'admin',
  'keys.list': 'read',
  'keys.add': 'admin',
  'keys.remove': 'admin',
  'keys.passwd': 'admin',
  'snapshots.list': 'read',
  'snapshots.ls': 'read',
  'snapshots.diff': 'read',
  'protection.protect': 'operate',
  'recovery.restore': 'operate',
  'catalog.find': 'read',
  'catalog.versions': 'read',
  'catalog.rebuild': 'operate',
  'jobs.list': 'read',
  'jobs.show': 'read',
  'jobs.log': 'read',
  'jobs.cancel': 'operate',
  'jobs.follow': 'read',
  // What is removed does not come back.
  'upkeep.forget': 'admin',
  'upkeep.prune': 'admin',
  'upkeep.repairIndex': 'admin',
  // A source names what is read, and commands that run.
  'sources.add': 'admin',
  'sources.list': 'read',
  'sources.find': 'read',
  'sources.update': 'admin',
  'sources.remove': 'admin',
  'sources.approve': 'admin',
  'schedule.plan': 'read',
  'schedule.runs': 'read',
  'schedule.clock': 'read',
  // Afterwards snapshots may expire by it.
  'schedule.confirmClock': 'admin',
  'schedule.pause': 'operate',
  'schedule.resume': 'operate',
  'schedule.runDue': 'operate',
  'profiles.list': 'read',
  'profiles.presets': 'read',
  // They decide what is removed, and when.
  'profiles.add': 'admin',
  'profiles.update': 'admin',
  'profiles.remove': 'admin',
  'profiles.assign': 'admin',
  'profiles.preview': 'read',
  'profiles.losses': 'read',
  'retention.show': 'read',
  'retention.reviews': 'read',
  // What is removed does not come back.
  'retention.decide': 'admin',
  'retention.unlocks': 'read',
  'retention.requestUnlock': 'admin',
  'retention.cancelUnlock': 'operate',
  'settings.list': 'read',
  'settings.set': 'admin',
  'holds.hold': 'operate',
  // Afterwards the snapshot may be removed.
  'holds.release': 'admin',
  'incidents.state': 'read',
  // Whoever sees it burn may stop what takes away; letting it go on is another matter.
  'incidents.freeze': 'operate',
  'incidents.end': 'admin',
  'incidents.clearSuspect': 'operate',
  'credentials.list': 'read',
  'credentials.set': 'admin',
  'credentials.remove': 'admin',
  'credentials.setRecoveryPassphrase': 'admin',
  'configuration.recover': 'admin',
  'repositories.list': 'read',
  'repositories.inspect': 'operate',
  'repositories.create': 'admin',
  'repositories.connect': 'admin',
  'repositories.unlock': 'operate',
  'repositories.lock': 'operate',
  'repositories.prove': 'operate',
  'repositories.rename': 'admin',
  'repositories.makePrimary': 'admin',
  'repositories.disconnect': 'admin',
  'live.watch': 'read',
  'browse.snapshots': 'read',
  'browse.snapshot': 'read',
  'browse.timeline': 'read',
  'browse.folder': 'read',
  'browse.days': 'read',
  // These look at the machine, not at what is protected.
  'browse.machineFolders': 'admin',
  'browse.probe': 'admin',
  'recoveryKit.make': 'read',
  'restoreRuns.preview': 'operate',
  'restoreRuns.create': 'operate',
  'restoreRuns.start': 'operate',
  'restoreRuns.pause': 'operate',
  'restoreRuns.stop': 'operate',
  'restoreRuns.undoPreview': 'operate',
  'restoreRuns.undo': 'operate',
  'restoreRuns.close': 'operate',
  'restoreRuns.list': 'read',
  'restoreRuns.get': 'read',
  'restoreRuns.report': 'read',
  'engine.about': 'read',
  'engine.diagnostics': 'admin',
  'tokens.create': 'admin',
  'tokens.list': 'admin',
  'tokens.revoke': 'admin',
  'console.me': 'read',
  'console.link': 'admin',
};
