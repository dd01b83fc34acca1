/** `--clone` of whatever restores: to a place of its own, for a while. */
import { InvalidArgumentError } from 'commander';
import type { Clone, NewClone } from '../../shared/contract/clones.ts';
import { countOf, formatBytes, parseDuration } from '../../shared/model/units.ts';
import { detach } from './detach.ts';
import { localTime, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, nameIssues } from './operation.ts';
import { withRepository, type Cli } from './session.ts';
import { factLines } from './table.ts';

export const CLONE_HELP = 'as a clone for development: marked, and removed when its time is over unless it was changed';
export const EXPIRES_HELP = 'of a clone: for how long, such as 12h, 7d or 4w';
const usualMs = 7 * 86_400_000;
const leastMs = 60_000;

/** Milliseconds. */
export function lifetimeArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms < leastMs) throw new InvalidArgumentError('A time is written as 12h, 7d or 4w.');
  return ms;
}

export type CloneOptions = {
  readonly clone?: boolean;
  readonly expires?: number;
  readonly detach?: boolean;
};

/** Whether a clone is meant. Options that would make it none are refused; `others` are those that were given. */
export function isClone(options: CloneOptions, others: Readonly<Record<string, boolean>>): boolean {
  if (options.clone !== true) {
    if (options.expires !== undefined) throw badUsage('--expires goes with --clone.');
    return false;
  }
  const given = Object.entries(others).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (given.length > 0) throw badUsage(`A clone is made where nothing is yet: leave ${given.join(', ')} out.`);
  return true;
}

export function makeClone(cli: Cli, what: NewClone, options: CloneOptions): Promise<ExitCode> {
  const { output, world } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const expiresAt = new Date(world.nowMs() + (options.expires ?? usualMs)).toISOString();
    const isDetached = options.detach ?? false;
    const events = await client.clones.make({ repository, what, expiresAt, detach: isDetached }, { signal });
    if (isDetached) return detach(cli, events);
    const issues: { path: string; code: string; message: string }[] = [];
    const clone = await follow(output, world.monotonicMs, noting(events, issues));
    await output.document(clone);
    await output.summary([`The clone ${shortId(clone.id)} is at ${placeOf(clone)}.`, ...factLines(factsOf(clone))]);
    output.note('An engine that stays (`holdfast serve`, or the desktop program) removes it then by itself.');
    if (issues.length === 0) return 0;
    output.warn(`${countOf(issues.length, 'thing')} did not come as stored:`);
    nameIssues(output, issues as Parameters<typeof nameIssues>[1]);
    return 3;
  });
}

async function* noting<Event extends { readonly type: string }>(
  events: AsyncIterable<Event>,
  issues: object[],
): AsyncGenerator<Event> {
  for await (const event of events) {
    if (event.type === 'issue' && 'issue' in event && typeof event.issue === 'object' && event.issue !== null)
      issues.push(event.issue);
    yield event;
  }
}

export function factsOf(clone: Clone): [string, string][] {
  const { of, items, bytes, madeAt, madeBy, expiresAt, trouble, within, place } = clone;
  return [
    ...(of === null
      ? []
      : ([
          ['of', `${of.source}, snapshot ${shortId(of.snapshot)} of ${localTime(of.takenAt).slice(0, 16)}`],
          ['paths', of.paths.slice(0, 3).join(', ') + (of.paths.length > 3 ? ` and ${of.paths.length - 3} more` : '')],
        ] as [string, string][])),
    ...(place.kind === 'instance'
      ? []
      : ([['holds', `${countOf(items, 'thing')}, ${formatBytes(bytes)}`]] as [string, string][])),
    ['since', `${localTime(madeAt).slice(0, 16)}, by ${madeBy}`],
    ['until', expiresAt === null ? 'nobody knows' : localTime(expiresAt).slice(0, 16)],
    ...(within.length === 0
      ? []
      : ([['part of', `${within.join(', ')}, whose snapshots hold it too`]] as [string, string][])),
    ...(trouble === null ? [] : ([['still there', trouble.detail]] as [string, string][])),
  ];
}

export function placeOf({ place }: Pick<Clone, 'place'>): string {
  if (place.kind === 'bucket') return `s3://${place.bucket}/${place.prefix}`;
  return place.kind === 'instance' ? place.title : place.path;
}
