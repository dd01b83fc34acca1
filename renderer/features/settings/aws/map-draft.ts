/** A map between two regions while somebody types it: lines of what one calls what the other has. Pure. */
import type { AwsRegionMap } from '../../../../shared/contract/aws-restores.ts';
import { mappedPatterns, regionPattern } from '../../../../shared/model/aws.ts';

export type MapDraft = { readonly from: string; readonly to: string; readonly lines: string };
type Names = keyof Omit<AwsRegionMap, 'from' | 'to'>;

export const emptyMap: MapDraft = { from: '', to: '', lines: '' };

const words: Readonly<Record<string, Names>> = {
  subnet: 'subnets',
  group: 'groups',
  profile: 'profiles',
  'key-pair': 'keyPairs',
  'kms-key': 'kmsKeys',
};

export function mapDraftOf(map: AwsRegionMap): MapDraft {
  const lines = Object.entries(words).flatMap(([word, names]) =>
    Object.entries(map[names]).map(([here, there]) => `${word} ${here} ${there}`),
  );
  return { from: map.from, to: map.to, lines: lines.join('\n') };
}

/** The map, or what is wrong with it in a sentence; null: nothing is typed yet. */
export function mapOf({ from, to, lines }: MapDraft): AwsRegionMap | { readonly fault: string } | null {
  const [here, there] = [from.trim(), to.trim()];
  if (here === '' || there === '') return null;
  if (![here, there].every((region) => regionPattern.test(region)))
    return { fault: 'A region is written as eu-central-1.' };
  if (here === there) return { fault: 'A map is between two regions.' };
  const all: Record<Names, Record<string, string>> = {
    subnets: {},
    groups: {},
    profiles: {},
    keyPairs: {},
    kmsKeys: {},
  };
  for (const [at, line] of lines.split('\n').entries()) {
    const [word = '', one, other, ...more] = line.trim().split(/\s+/);
    if (word === '') continue;
    const names = Object.hasOwn(words, word) ? words[word] : undefined;
    if (names === undefined || one === undefined || other === undefined || more.length > 0)
      return { fault: `Line ${at + 1} is none: write ${Object.keys(words).join(', ')}, then both names.` };
    if (![one, other].every((name) => mappedPatterns[names].test(name)))
      return { fault: `${names} is none of its kind, or leads to none.` };
    all[names][one] = other;
  }
  return { from: here, to: there, ...all };
}
