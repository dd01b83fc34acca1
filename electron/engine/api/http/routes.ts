/**
 * The contract as REST: method, path and a line of description for each call. A call that is not named here is
 * `POST /<router>/<call>`. What carries a password or a path of files is never a GET: addresses end up in logs.
 */
import type { HTTPMethod, HTTPPath } from '@orpc/client';
import type { CallName } from '../../../../shared/contract/rights.ts';

export type CallRoute = { readonly method: HTTPMethod; readonly path: HTTPPath; readonly summary: string };

type Named = Partial<Readonly<Record<CallName, readonly [method: HTTPMethod, path: HTTPPath, summary: string]>>>;

const named: Named = {
  'repository.init': ['POST', '/repository/init', 'Make a new repository'],
  'repository.info': ['POST', '/repository/info', 'Open a repository and tell what it is'],
  'repository.stats': ['POST', '/repository/stats', 'Tell what a repository holds and takes'],
  'repository.check': ['POST', '/repository/check', 'Check a repository, and some or all of its data'],
  'repository.unlock': ['POST', '/repository/unlock', 'Remove locks whose process is gone'],
  'keys.list': ['POST', '/keys/list', 'List the passwords of a repository'],
  'keys.add': ['POST', '/keys/add', 'Add a password'],
  'keys.remove': ['POST', '/keys/remove', 'Remove a password'],
  'keys.passwd': ['POST', '/keys/passwd', 'Change the password in use'],
  'snapshots.list': ['POST', '/snapshots/list', 'List snapshots'],
  'snapshots.ls': ['POST', '/snapshots/ls', 'List what a snapshot holds'],
  'snapshots.diff': ['POST', '/snapshots/diff', 'Compare two snapshots'],
  'protection.protect': ['POST', '/protect', 'Take a snapshot'],
  'recovery.restore': ['POST', '/restore', 'Bring files back from snapshots'],
  'catalog.find': ['POST', '/catalog/find', 'Find files in all snapshots by their names'],
  'catalog.versions': ['POST', '/catalog/versions', 'List the versions of one path'],
  'catalog.rebuild': ['POST', '/catalog/rebuild', 'Fill the catalog from a repository'],
  'jobs.list': ['GET', '/jobs', 'List jobs'],
  'jobs.show': ['GET', '/jobs/{job}', 'Show a job'],
  'jobs.log': ['GET', '/jobs/{job}/log', 'Read the log of a job'],
  'jobs.cancel': ['POST', '/jobs/{job}/cancel', 'Ask a job to stop'],
  'jobs.follow': ['GET', '/jobs/{job}/events', 'Follow a job to its end'],
  'upkeep.forget': ['POST', '/forget', 'Remove snapshots by rules or by name'],
  'upkeep.prune': ['POST', '/prune', 'Free the space that removed snapshots took'],
  'upkeep.repairIndex': ['POST', '/repository/repair-index', 'Make the index of a repository anew'],
  'sources.add': ['POST', '/sources', 'Register a source'],
  'sources.list': ['GET', '/sources', 'List registered sources'],
  'sources.find': ['POST', '/sources/find', 'Show a source by its name'],
  'sources.remove': ['POST', '/sources/remove', 'Remove a source; its snapshots are kept'],
  'sources.accept': ['POST', '/sources/accept', 'Accept that a part of a source is gone'],
  'sources.withdraw': ['POST', '/sources/withdraw', 'Take back that a part of a source may be gone'],
  'sources.approve': ['POST', '/sources/approve', 'Let the commands of a source run on this machine'],
  'settings.list': ['GET', '/settings', 'List settings'],
  'settings.set': ['POST', '/settings/set', 'Change a setting'],
  'holds.hold': ['POST', '/holds/hold', 'Keep a snapshot whatever retention says'],
  'holds.release': ['POST', '/holds/release', 'Take a hold away'],
  'credentials.list': ['GET', '/credentials', 'List the names of credentials'],
  'credentials.set': ['POST', '/credentials/set', 'Store a credential'],
  'credentials.remove': ['POST', '/credentials/remove', 'Remove a credential'],
  'credentials.setRecoveryPassphrase': [
    'POST',
    '/credentials/recovery-passphrase',
    'Choose the passphrase that brings credentials back on another machine',
  ],
  'configuration.recover': ['POST', '/configuration/recover', 'Bring the configuration back from a repository'],
  'repositories.list': ['GET', '/repositories', 'List the repositories that the console works with'],
  'repositories.inspect': ['POST', '/repositories/inspect', 'Look at a place that might become a repository'],
  'repositories.create': ['POST', '/repositories', 'Make a repository and connect it'],
  'repositories.connect': ['POST', '/repositories/connect', 'Connect a repository that is there'],
  'repositories.unlock': ['POST', '/repositories/{id}/unlock', 'Enter the password of a repository'],
  'repositories.lock': ['POST', '/repositories/{id}/lock', 'Forget the password of a repository'],
  'repositories.prove': ['POST', '/repositories/{id}/prove', 'Tell whether a password still opens a repository'],
  'repositories.rename': ['POST', '/repositories/{id}/rename', 'Give a repository another name'],
  'repositories.makePrimary': ['POST', '/repositories/{id}/make-primary', 'Protect into this repository by default'],
  'repositories.disconnect': ['POST', '/repositories/{id}/disconnect', 'Stop working with a repository'],
  'live.watch': ['GET', '/live', "Follow the engine's state: all of it, then what changes"],
  'events.follow': ['GET', '/events', 'Follow what happens: jobs, alerts, runs, snapshots'],
  'browse.snapshots': ['POST', '/browse/snapshots', 'List snapshots from the catalog, page by page'],
  'browse.snapshot': ['POST', '/browse/snapshot', 'Show a snapshot as the catalog knows it'],
  'browse.timeline': ['POST', '/browse/timeline', 'Tell when the snapshots of a source were taken'],
  'browse.folder': ['POST', '/browse/folder', 'Show a part of a folder of a snapshot'],
  'browse.days': ['POST', '/browse/days', 'Count snapshots and failed runs by day'],
  'browse.machineFolders': ['POST', '/browse/machine-folders', 'List folders of the machine that the engine runs on'],
  'browse.probe': ['POST', '/browse/probe', 'Count what a snapshot of some paths would hold'],
  'engine.about': ['GET', '/engine', 'The engine, and whether its machine has what it needs'],
  'engine.openapi': ['GET', '/engine/openapi', 'The OpenAPI document, as /openapi.json has it'],
  'engine.diagnostics': ['POST', '/engine/diagnostics', 'What a stranger may see of this engine, to help'],
  'recoveryKit.make': ['POST', '/recovery-kit', 'Make a recovery kit for a repository'],
  'restoreRuns.preview': ['POST', '/restore-runs/preview', 'Tell what a restore run would do'],
  'restoreRuns.create': ['POST', '/restore-runs', 'Prepare a restore run'],
  'restoreRuns.start': ['POST', '/restore-runs/{run}/start', 'Start a restore run, or go on with it'],
  'restoreRuns.pause': ['POST', '/restore-runs/{run}/pause', 'Pause a restore run after its step'],
  'restoreRuns.stop': ['POST', '/restore-runs/{run}/stop', 'Stop a restore run at once'],
  'restoreRuns.undoPreview': ['POST', '/restore-runs/{run}/undo-preview', 'Tell what undoing a run would remove'],
  'restoreRuns.undo': ['POST', '/restore-runs/{run}/undo', 'Undo a restore run'],
  'restoreRuns.close': ['POST', '/restore-runs/{run}/close', 'Close a restore run'],
  'restoreRuns.list': ['GET', '/restore-runs', 'List restore runs'],
  'restoreRuns.get': ['GET', '/restore-runs/{run}', 'Show a restore run'],
  'restoreRuns.report': ['GET', '/restore-runs/{run}/report', 'Read the report of a restore run'],
  'tokens.create': ['POST', '/tokens', 'Make an API token'],
  'tokens.list': ['GET', '/tokens', 'List API tokens'],
  'tokens.revoke': ['POST', '/tokens/{token}/revoke', 'Revoke an API token'],
  'sessions.list': ['GET', '/sessions', 'List browsers that are signed in'],
  'sessions.revoke': ['POST', '/sessions/{session}/revoke', 'Put a browser out'],
  'sessions.revokeAll': ['POST', '/sessions/revoke-all', 'Put all other browsers out'],
  'console.me': ['GET', '/me', 'Tell who asks, and what they may do'],
  'console.link': ['POST', '/console/link', 'Make a link that opens the console in a browser'],
};

export function routeOf(path: readonly string[]): CallRoute {
  const known = (named as Readonly<Record<string, Named[CallName]>>)[path.join('.')];
  if (known !== undefined) return { method: known[0], path: known[1], summary: known[2] };
  const parts = path.map(kebabCase);
  return { method: 'POST', path: `/${parts.join('/')}`, summary: sentence(parts) };
}

function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `browse`, `machine-folders`: "Browse: machine folders". */
function sentence([router = '', ...call]: readonly string[]): string {
  return `${router.charAt(0).toUpperCase()}${router.slice(1)}: ${call.join(' ').replaceAll('-', ' ')}`;
}
