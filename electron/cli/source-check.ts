import type { SourceCheck } from '../../shared/contract/source-check.ts';
import { formatBytes, formatCount } from '../../shared/model/units.ts';
import { localTime, plural } from './display.ts';
import type { ExitCode } from './failure.ts';
import { nameIssues } from './operation.ts';
import { withEngine, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

const exitCodes: Readonly<Record<SourceCheck['state'], ExitCode>> = { good: 0, limited: 3, failed: 1 };
const verdicts: Readonly<Record<SourceCheck['state'], string>> = {
  good: 'can be protected',
  limited: 'can be protected in part',
  failed: 'cannot be protected now',
};
const marks: Readonly<Record<SourceCheck['state'], string>> = { good: 'ok', limited: 'in part', failed: 'failed' };

export function checkSource(cli: Cli, name: string): Promise<ExitCode> {
  const { output } = cli;
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.sources.check({ name }, { signal });
    await output.document(found);
    await output.lines([
      `Source ${found.name} ${verdicts[found.state]}. Nothing was changed.`,
      ...tableLines(
        ['', 'WHAT', ''].map((title) => ({ title })),
        found.places.map(({ place, state, words, code }) => [
          marks[state],
          place,
          code === null ? words : `${code}: ${words}`,
        ]),
      ),
      ...factLines(factsOf(found)),
    ]);
    if (found.mayNotSee.length > 0) output.warn('The credential may not see:');
    for (const sentence of found.mayNotSee) output.warn(`  ${sentence}`);
    if (found.issues.length > 0) output.warn(`${plural(formatCount(found.issues.length), 'thing')} could not be read:`);
    nameIssues(output, found.issues);
    return exitCodes[found.state];
  });
}

function factsOf({ credential, amount, next }: SourceCheck): (readonly [string, string])[] {
  return [
    ...(credential === null ? [] : credentialFacts(credential)),
    ...(amount === null
      ? []
      : [
          [
            'holds',
            `${plural(formatCount(amount.files), 'file')}, ${formatBytes(amount.bytes)}${amount.whole ? '' : ', counted so far'}`,
          ] as const,
        ]),
    ...(next === null ? [] : nextFacts(next)),
  ];
}

function credentialFacts({
  kind,
  scopes,
  expiresAt,
}: NonNullable<SourceCheck['credential']>): (readonly [string, string])[] {
  const words = { none: 'none: public alone', token: 'classic token', fineGrained: 'fine-grained token', app: 'App' };
  return [
    ['credential', `${words[kind]}${scopes.length === 0 ? '' : ` (${scopes.join(', ')})`}`],
    ...(expiresAt === null ? [] : [['expires', localTime(expiresAt)] as const]),
  ];
}

type Next = NonNullable<SourceCheck['next']>;

function nextFacts({ selected, bytes, new: fresh, gone, leftOut, refused }: Next): (readonly [string, string])[] {
  return [
    ['next run', `${plural(formatCount(selected), 'repository', 'repositories')}, about ${formatBytes(bytes)} of Git`],
    ['new', namesOf(fresh)],
    ['not listed now', namesOf(gone)],
    ...leftOut.map((one) => [`left out by ${one.by}`, namesOf(one)] as const),
    ...(refused === null ? [] : [['would end', `GitHub ${refused}: SOURCE_EMPTIED`] as const]),
  ];
}

const shown = 20;

function namesOf({ count, names }: Next['new']): string {
  if (count === 0) return 'none';
  const more = count - Math.min(shown, names.length);
  return `${formatCount(count)}: ${names.slice(0, shown).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}
