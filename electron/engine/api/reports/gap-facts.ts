/** Looks for what nobody protects: where accounts and owners lead that sources name already, and nowhere else. */
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { covers } from '../../../../shared/model/roles.ts';
import type { GapFacts, Unguarded } from '../../../../shared/model/reports/gaps.ts';
import type { AwsPlace } from '../../../../shared/contract/aws-sources.ts';
import type { GithubDefinition, RegisteredSource } from '../../../../shared/contract/sources.ts';
import type { CallContext } from '../context.ts';
import { outsideGap, placeGap } from '../gaps/gap-ids.ts';
import { lookAtMachine } from '../gaps/machine.ts';
import type { SourceScene } from './report-sources.ts';

/** Of one place; one that hangs does not hold up the report. */
const lookMs = 60_000;
const gib = 1024 ** 3;

type Look = Pick<GapFacts, 'unguarded' | 'lookedAt' | 'notLooked'>;

export async function gapFacts(context: CallContext, { states, sources, connections }: SourceScene): Promise<GapFacts> {
  const registered = states.flatMap(({ registered: own }) => (own === null ? [] : [own]));
  const repositories = connections.map(({ name, state }) => ({ name, state }));
  const outside = await lookOutside(context, registered);
  const { places, lookedAt, notLooked } = await lookAtMachine(context, AbortSignal.timeout(lookMs));
  const aside = new Set((await context.catalog.read('gapDismissals.list', context.caller, null)).map(({ gap }) => gap));
  const here = places
    .filter((place) => !aside.has(placeGap(place)))
    .map(({ kind, path, bytes, more }): Unguarded => ({ kind, name: path, where: 'this machine', bytes, more }));
  return {
    sources,
    repositories,
    unguarded: [...outside.unguarded.filter((one) => !aside.has(outsideGap(one))), ...here],
    lookedAt: [...outside.lookedAt, ...lookedAt],
    notLooked: [...outside.notLooked, ...notLooked],
  };
}

/** Asking others needs the right to: who may only read gets what is known here. */
export async function lookOutside(context: CallContext, registered: readonly RegisteredSource[]): Promise<Look> {
  const places = awsPlaces(registered);
  const owners = registered.filter((source) => source.kind === 'github');
  if (places.length + owners.length === 0)
    return {
      unguarded: [],
      lookedAt: [],
      notLooked: ['No account in AWS and no owner on GitHub is known to look at.'],
    };
  if (!covers(context.role, 'operate'))
    return {
      unguarded: [],
      lookedAt: [],
      notLooked: ['AWS and GitHub were not asked: whoever made this may only read.'],
    };
  const looks = await Promise.all([
    ...places.map((place) => attempt(placeWords(place), () => lookAtAws(context, place))),
    ...owners.map((owner) => attempt(`GitHub, ${owner.owner}`, () => lookAtGithub(context, owner))),
  ]);
  return {
    unguarded: looks.flatMap(({ unguarded }) => unguarded),
    lookedAt: looks.flatMap(({ lookedAt }) => lookedAt),
    notLooked: looks.flatMap(({ notLooked }) => notLooked),
  };
}

type Found = { readonly unguarded: readonly Unguarded[]; readonly notLooked: readonly string[] };

async function attempt(place: string, look: () => Promise<Found>): Promise<Look> {
  try {
    return { ...(await look()), lookedAt: [place] };
  } catch (error) {
    return { unguarded: [], lookedAt: [], notLooked: [`${place}: ${toHoldfastError(error).message}`] };
  }
}

function awsPlaces(registered: readonly RegisteredSource[]): readonly AwsPlace[] {
  const places = registered.flatMap((source) =>
    source.kind === 'ec2' || source.kind === 's3-bucket'
      ? [{ account: source.account, region: source.region, endpoint: source.endpoint }]
      : [],
  );
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

function placeWords({ account, region, endpoint }: AwsPlace): string {
  return [endpoint ?? 'AWS', `account ${account ?? 'of the environment'}`, ...(region === null ? [] : [region])].join(
    ', ',
  );
}

async function lookAtAws(context: CallContext, place: AwsPlace): Promise<Found> {
  // AWS's kit takes long to load.
  const { findUnprotected } = await import('../unprotected.ts');
  const found = await findUnprotected(context, place, AbortSignal.timeout(lookMs));
  const where = placeWords({ ...place, region: found.region });
  return {
    unguarded: found.resources.map(({ kind, id, name, sizeGiB }) => ({
      kind,
      name: name === null || name === id ? id : `${name} (${id})`,
      where,
      bytes: sizeGiB === null ? null : sizeGiB * gib,
    })),
    notLooked: found.notListed.map((problem) => `${where}: ${problem}`),
  };
}

async function lookAtGithub(context: CallContext, source: GithubDefinition): Promise<Found> {
  const { githubPreview } = await import('../github-preview.ts');
  const { repositories, mayNotSee } = await githubPreview(context, source, [], AbortSignal.timeout(lookMs));
  const where = `GitHub, ${source.owner}, left out by the filters of ${source.name}`;
  return {
    unguarded: repositories
      .filter(({ selected }) => !selected)
      .map(({ name, bytes }) => ({ kind: 'git repository' as const, name, where, bytes })),
    notLooked: mayNotSee.map((problem) => `GitHub, ${source.owner}: ${problem}`),
  };
}
