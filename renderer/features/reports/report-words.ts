/** What can be chosen about a report, in words. */
import { usualPeriods } from '../../../shared/model/reports/period.ts';
import type { ReportScope } from '../../../shared/model/subscriptions.ts';
import { useSources } from '../../client/live-store.ts';
import { visibleText } from '../../components/visible-text.ts';

export const defaultPeriod = 'last-30-days';

type Choice = { readonly value: string; readonly label: string };

const words: Readonly<Record<(typeof usualPeriods)[number], string>> = {
  'last-24-hours': 'the last 24 hours',
  'last-7-days': 'the last 7 days',
  'last-30-days': 'the last 30 days',
  'last-90-days': 'the last 90 days',
  'last-365-days': 'the last 365 days',
  yesterday: 'yesterday',
  'last-week': 'last week, from Monday',
  'last-month': 'last month',
  'last-quarter': 'last quarter',
  'last-year': 'last year',
};

/** The one that stands there is among them, whoever has written it. */
export function periodChoices(chosen: string): Choice[] {
  const usual = usualPeriods.map((value) => ({ value, label: words[value] }));
  return usual.some(({ value }) => value === chosen) ? usual : [...usual, { value: chosen, label: chosen }];
}

export function periodWords(period: string): string {
  return periodChoices(period).find(({ value }) => value === period)?.label ?? period;
}

/** A scope as a text: empty for all, `tag …` or `source …`; several are told apart by line feeds. */
export function scopeFrom(text: string): ReportScope {
  const [kind, ...rest] = text.split(' ');
  const names = rest.join(' ').split('\n');
  if (kind === 'tag') return { kind: 'tags', tags: names };
  return kind === 'source' ? { kind: 'sources', sources: names } : { kind: 'all' };
}

export function scopeText(of: ReportScope): string {
  if (of.kind === 'all') return '';
  return of.kind === 'tags' ? `tag ${of.tags.join('\n')}` : `source ${of.sources.join('\n')}`;
}

/** As a command line has it. */
export function scopeArguments(text: string): string[] {
  const of = scopeFrom(text);
  if (of.kind === 'all') return [];
  return of.kind === 'tags'
    ? of.tags.flatMap((tag) => ['--tag', tag])
    : of.sources.flatMap((name) => ['--source', name]);
}

export function useScopeChoices(chosen: string): Choice[] {
  const sources = useSources();
  const tags = [...new Set(sources.flatMap(({ registered }) => registered?.tags ?? []))].toSorted();
  const choices = [
    { value: '', label: 'All sources' },
    ...tags.map((tag) => ({ value: `tag ${tag}`, label: `Tagged ${visibleText(tag)}` })),
    ...[...new Set(sources.map(({ key }) => key))].map((key) => ({ value: `source ${key}`, label: visibleText(key) })),
  ];
  const isThere = choices.some(({ value }) => value === chosen);
  return isThere ? choices : [...choices, { value: chosen, label: visibleText(chosen.replaceAll('\n', ', ')) }];
}
