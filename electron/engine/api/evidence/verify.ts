/** Verifies the chains of a tenant, against themselves and against what is kept of their heads elsewhere. */
import type { AnchorVerdict, EvidenceVerdict } from '../../../../shared/contract/evidence.ts';
import { chainLogs, type ChainLog } from '../../../../shared/model/evidence.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { readNote } from '../../configuration/note.ts';
import { judgeAnchors, type Anchor } from '../../recovery/evidence/anchors.ts';
import { anchorsIn } from '../../recovery/evidence/attached-chains.ts';
import { verifyChains } from '../../recovery/evidence/records.ts';
import type { ChainVerifier } from '../../recovery/evidence/verify-chain.ts';
import { isConfiguration } from '../../repository/configuration.ts';
import { readFact } from '../../repository/format/snapshot.ts';
import type { Repository } from '../../repository/repository.ts';
import { loadSnapshots } from '../../repository/snapshots.ts';
import type { CallContext } from '../context.ts';
import { knownSites, openSite } from '../site-access.ts';

type Wanted = { readonly logs: readonly ChainLog[]; readonly anchors: boolean };

export async function verifyEvidence(context: CallContext, { logs, anchors }: Wanted): Promise<EvidenceVerdict> {
  const { home, caller, evidence } = context;
  const { publicKey } = await evidence.key();
  const verifiers: ChainVerifier[] = [];
  for (const log of logs) verifiers.push(...(await verifyChains(home, caller.tenant, log, [publicKey])));
  const chains = verifiers.map((verifier) => plain(verifier.verdict()));
  const looked = anchors ? await lookElsewhere(context, logs, verifiers) : [];
  const { trouble } = evidence;
  const ok =
    trouble === null &&
    chains.every(({ problemCount }) => problemCount === 0) &&
    looked.every(({ diverged }) => diverged.length === 0);
  const verdict = { ok, chains, anchors: looked, trouble };
  await noteProblem(context, verdict, logs);
  return verdict;
}

const markName = (log: ChainLog): string => `evidence.problem ${log}`;

/** What the last check has found, in sentences; null: nothing. */
export async function evidenceProblem({
  catalog,
  caller,
}: Pick<CallContext, 'catalog' | 'caller'>): Promise<string | null> {
  const found = await Promise.all(chainLogs.map((log) => catalog.read('marks.get', caller, { name: markName(log) })));
  const problems = found.filter((text) => text !== null && text !== '');
  return problems.length === 0 ? null : problems.join(' ');
}

async function noteProblem(
  { catalog, caller, alerts }: CallContext,
  { chains, anchors }: EvidenceVerdict,
  logs: readonly ChainLog[],
): Promise<void> {
  for (const log of logs) {
    const changed = chains
      .filter((chain) => chain.log === log)
      .flatMap(({ chain, problems }) =>
        problems.slice(0, 1).map(({ seq, problem }) => `Entry ${seq} of chain ${chain ?? ''}: ${problem}`),
      );
    const anew = anchors.flatMap(({ name, diverged }) =>
      diverged
        .filter((one) => one.log === log)
        .map(({ at }) => `Entry ${at} of the ${log} log is another one than ${name} has noted.`),
    );
    const value = [...changed, ...anew].join(' ');
    const name = markName(log);
    if (((await catalog.read('marks.get', caller, { name })) ?? '') === value) continue;
    await catalog.write('marks.set', caller, { name, value });
    alerts.watch.changed(caller.tenant);
  }
}

type Place = {
  readonly name: string;
  readonly location: string;
  readonly appendOnly: boolean;
  open(): Promise<Repository>;
};

async function lookElsewhere(
  context: CallContext,
  logs: readonly ChainLog[],
  verifiers: readonly ChainVerifier[],
): Promise<AnchorVerdict[]> {
  const console = (await readNote(context.home))?.console ?? null;
  const known = new Set(verifiers.map((verifier) => verifier.verdict().chain));
  const verdicts: AnchorVerdict[] = [];
  for (const place of await placesOf(context)) {
    const { name, location, appendOnly } = place;
    const frame = { name, location, appendOnly };
    try {
      const found = await anchorsAt(await place.open(), context.caller.tenant, console, known);
      const judged = judgeAnchors(
        found.filter(({ head }) => logs.includes(head.log)),
        verifiers,
      );
      verdicts.push({ ...frame, ...judged, problem: null });
    } catch (error) {
      const { message } = toHoldfastError(error);
      verdicts.push({ ...frame, anchors: 0, newest: null, diverged: [], problem: message });
    }
  }
  return verdicts;
}

/** Of chains that are here, and of those that this console says it has written. */
async function anchorsAt(
  repository: Repository,
  tenant: string,
  console: string | null,
  known: ReadonlySet<string | null>,
): Promise<readonly Anchor[]> {
  const { snapshots } = await loadSnapshots(repository);
  return snapshots
    .filter(({ file: { tags } }) => isConfiguration(tags) && readFact(tags, 'tenant') === tenant)
    .flatMap(({ file: { tags }, takenAtMs }) => {
      const isOwn = console !== null && readFact(tags, 'console') === console;
      const savedAt = new Date(takenAtMs).toISOString();
      return anchorsIn(tags)
        .heads.filter(({ chain }) => isOwn || known.has(chain))
        .map((head) => ({ head, savedAt }));
    });
}

/** Sites first; what is connected besides them after. */
async function placesOf(context: CallContext): Promise<readonly Place[]> {
  const { connections, caller } = context;
  const sites = await knownSites(context).catch(() => []);
  const atSites = sites.map((site): Place => {
    const { name, location, appendOnly } = site.definition;
    return { name, location, appendOnly, open: () => openSite(context, site) };
  });
  const others = (await connections.list(caller)).filter(
    ({ repository }) => !sites.some(({ definition }) => definition.repository === repository),
  );
  return [
    ...atSites,
    ...others.map(({ id, name, location }): Place => {
      return { name, location, appendOnly: false, open: () => connections.open(caller, { id }) };
    }),
  ];
}

function plain(verdict: ReturnType<ChainVerifier['verdict']>): EvidenceVerdict['chains'][number] {
  return { ...verdict, keys: [...verdict.keys], problems: [...verdict.problems] };
}
