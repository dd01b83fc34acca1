/** What an operator has drills of a source checked by: commands and checks of health, once the data is there. */
import { performance } from 'node:perf_hooks';
import type { DrillCheck } from '../../../../shared/contract/drills.ts';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import type { DrillProbe } from '../../../../shared/model/drill-probes.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { countOf, formatDuration } from '../../../../shared/model/units.ts';
import type { Rehearsal } from '../../recovery/drills/rehearsal.ts';
import { scratchOf } from '../../recovery/drills/scratch.ts';
import { runCommand } from '../../recovery/plans/command.ts';
import { waitForHealth } from '../../recovery/plans/health-checks.ts';
import type { CallContext } from '../context.ts';

type Of = { readonly drill: string; readonly registered: RegisteredSource | null; readonly signal: AbortSignal };

const everyMs = 1_000;
const shownCharacters = 300;

/** With what they have found, and the time they took. Not run where nobody has approved them here, which is no proof then. */
export async function withOwnChecks(context: CallContext, of: Of, rehearsal: Rehearsal): Promise<Rehearsal> {
  const probes = of.registered?.commands.checks ?? [];
  if (probes.length === 0) return rehearsal;
  const { caller, drills } = context;
  const began = performance.now();
  const isApproved = of.registered?.approved === true;
  const beside = await environmentOf(context, of);
  const step = { id: 'own', title: 'Check it as the source says' };
  const checks = await drills.step(caller, of.drill, step, async () => {
    const result: DrillCheck[] = [];
    for (const [at, probe] of probes.entries()) {
      const id = `own-${at + 1}`;
      const because = isApproved
        ? probe.needsWhole && !rehearsal.chosen.isWhole
          ? 'It is for drills that bring all of it back.'
          : null
        : 'It came with a configuration, and nobody has approved it on this machine.';
      result.push(because === null ? await make(context, { id, probe, beside }, of.signal) : left(id, probe, because));
    }
    return { result, detail: countOf(result.length, 'check') };
  });
  const unproven = rehearsal.left + (isApproved ? 0 : 1);
  const restoreMs = rehearsal.restoreMs + performance.now() - began;
  return { ...rehearsal, checks: [...rehearsal.checks, ...checks], restoreMs, left: unproven };
}

function left(id: string, { title }: DrillProbe, detail: string): DrillCheck {
  return { id, title, result: 'left', detail };
}

type Own = { readonly id: string; readonly probe: DrillProbe; readonly beside: Readonly<Record<string, string>> };

async function make({ bounds }: CallContext, { id, probe, beside }: Own, stop: AbortSignal): Promise<DrillCheck> {
  const { title, what, timeLimitMs } = probe;
  const limit = AbortSignal.timeout(timeLimitMs);
  const signal = AbortSignal.any([stop, limit]);
  let said = '';
  const hear = (text: string): Promise<void> => Promise.resolve(void (said = text));
  try {
    if (what.kind !== 'health') await bounds.commands('A check of a drill');
    else if (what.check.kind === 'ssh') await bounds.machineCredentials('A check over SSH');
    const detail =
      what.kind === 'health'
        ? await waitForHealth(what.check, { everyMs, signal, onProblem: hear })
        : await runCommand({ run: what.run, values: {}, beside, signal }, hear).then(() => lastOf(said));
    return { id, title, result: 'good', detail: detail === '' ? 'It ended with exit code 0.' : detail };
  } catch (thrown) {
    stop.throwIfAborted();
    const why = limit.aborted ? `It took longer than ${formatDuration(timeLimitMs)}.` : toHoldfastError(thrown).message;
    return { id, title, result: 'bad', detail: [why, lastOf(said)].filter((text) => text !== '').join(' ') };
  }
}

function lastOf(said: string): string {
  return said.trim().split('\n').slice(-3).join(' ').slice(-shownCharacters);
}

/** Where what was brought back lies: a folder of the drill, or a prefix of its bucket. */
async function environmentOf({ caller, drills }: CallContext, { drill, registered }: Of) {
  const places = (await drills.left(caller, drill)).map(({ place }) => place);
  const folder = places.find((place) => place.kind === 'folder');
  const bucket = places.find((place) => place.kind === 'bucket');
  const { prefixOf } = await import('../../recovery/drills/remove-prefix.ts');
  return {
    HOLDFAST_DRILL: drill,
    HOLDFAST_DRILL_SOURCE: registered?.name ?? '',
    ...(folder === undefined ? {} : { HOLDFAST_DRILL_FOLDER: scratchOf(folder.root, drill).data }),
    ...(bucket === undefined ? {} : { HOLDFAST_DRILL_BUCKET: `s3://${bucket.bucket}/${prefixOf(drill)}` }),
  };
}
