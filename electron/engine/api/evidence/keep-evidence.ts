/**
 * After a record: the configuration is saved again wherever it is saved, with the chains and their heads in it. What is at
 * a site that only adds cannot be taken back by whoever holds this machine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { note, saveHere } from '../../configuration/save.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import { knownSites, openSite, primaryAccess } from '../site-access.ts';

/** What is being sent, by tenant: two at a time would send the same twice. */
const sending = new WeakMap<object, Promise<void>>();
/** Those of engines that end: what is not sent by then goes with their next start. */
const ending = new WeakSet<object>();
const quiet = (): void => undefined;

/**
 * Where nothing is configured there is no configuration that it could go with. In an engine that stays it is sent at once,
 * behind what is going on; else with the next run.
 */
export async function keepEvidence(context: CallContext): Promise<void> {
  const { catalog, caller, evidence, home, stays } = context;
  try {
    if (!(await isConfigured(context))) return;
    await catalog.write('configuration.touch', caller, null);
    const state = await catalog.read('configuration.state', caller, null);
    if (state !== null) await note({ catalog, caller, home }, state.console, { unsaved: true });
  } catch {
    // What was recorded lies in the home: the next record, or the next hour, tries again.
    return;
  }
  if (!stays) return;
  const before = sending.get(evidence) ?? Promise.resolve();
  sending.set(evidence, before.then(() => sendNow(context)).catch(quiet));
}

/**
 * Nothing more is begun, and what is being sent is waited for: a save that goes on behind the end of its engine leaves its lock in
 * the repository. A place that does not answer keeps nobody longer than `mostMs`.
 */
export async function endKeeping(evidence: object, mostMs: number): Promise<void> {
  ending.add(evidence);
  await Promise.race([sending.get(evidence), sleep(mostMs, undefined, { ref: false })]);
}

async function sendNow(context: CallContext): Promise<void> {
  if (ending.has(context.evidence)) return;
  const primary = await primaryAccess(context);
  if (primary !== null) await saveHere(context, await openAccess(context, primary), quiet).catch(quiet);
  for (const site of await knownSites(context)) {
    if (ending.has(context.evidence)) return;
    const repository = await openSite(context, site).catch(() => null);
    if (repository !== null) await saveHere(context, repository, quiet).catch(quiet);
  }
}
