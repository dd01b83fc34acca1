/** What all Describe calls have in common: ids that have to be there, filters with `*` and `?`, pages. */
import { type XmlTree } from '../protocol/xml.ts';
import { checkId, tagSet, type Ec2Call } from './call.ts';
import { type Form } from './form.ts';
import { type Owned } from './records.ts';
import { invalidParameter, notFound, refused } from './refusals.ts';

export type Facts = Readonly<Record<string, string | readonly string[] | undefined>>;

export type Described<Of extends Owned> = {
  /** The parameter that names ids: `VolumeId`; and how they begin. */
  readonly idName: string;
  readonly prefix: string;
  /** `InvalidVolume`: what is said of one that is not there. */
  readonly kind: string;
  readonly all: ReadonlyMap<string, Of>;
  /** What the caller may see; what is not is left out without a word, even when it is named. */
  isVisible(one: NoInfer<Of>): boolean;
  /** By the names of filters, beside tags. */
  facts(one: Of): Facts;
  present(one: Of): XmlTree;
  readonly smallestPage?: number;
};

/** The entries of one page, and the token of the next. */
export function describe<Of extends Owned>(
  call: Ec2Call,
  about: Described<Of>,
): { item: XmlTree[]; nextToken?: string } {
  const { form, world } = call;
  const ids = form.texts(about.idName);
  const limit = form.number('MaxResults');
  if (ids.length > 0 && limit !== undefined) {
    throw refused(
      'InvalidParameterCombination',
      `The parameter ${about.idName} cannot be used with the parameter MaxResults`,
    );
  }
  for (const id of ids) {
    checkId(id, about.prefix);
    const one = about.all.get(id);
    if (one === undefined || !world.isSeen(one)) throw notFound(about.kind, id);
  }
  const wanted = new Set(ids);
  const found = [...about.all.values()].filter(
    (one) => (wanted.size === 0 || wanted.has(one.id)) && world.isSeen(one) && about.isVisible(one),
  );
  const filtered = filtersOf(form).reduce((left, filter) => left.filter((one) => passes(filter, one, about)), found);
  const page = pageOf(filtered, form.text('NextToken'), limit, about.smallestPage ?? 5);
  return {
    item: page.entries.map((one) => about.present(one)),
    ...(page.next !== null && { nextToken: page.next }),
  };
}

export const own =
  (call: Ec2Call) =>
  ({ owner }: Owned): boolean =>
    owner === call.caller.account;

/** As most answers show it. */
export function withTags({ tags }: Owned): XmlTree {
  return { tagSet: tagSet(tags) };
}

type Filter = { readonly name: string; readonly values: readonly RegExp[] };

function filtersOf(form: Form): Filter[] {
  return form.list('Filter').map((filter) => {
    const values = filter.texts('Value');
    return { name: filter.demand('Name'), values: values.map(patternOf) };
  });
}

function patternOf(value: string): RegExp {
  const source = value
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}

function passes<Of extends Owned>({ name, values }: Filter, one: Of, about: Described<Of>): boolean {
  const matches = (text: string): boolean => values.some((value) => value.test(text));
  if (name === 'tag-key') return [...one.tags.keys()].some(matches);
  if (name.startsWith('tag:')) return matches(one.tags.get(name.slice(4)) ?? '\0');
  const known = about.facts(one);
  if (!(name in known)) throw refused('InvalidParameterValue', `The filter '${name}' is invalid`);
  const fact = known[name];
  return (typeof fact === 'object' ? fact : [fact ?? '']).some(matches);
}

function pageOf<Of>(
  all: readonly Of[],
  token: string | undefined,
  limit: number | undefined,
  smallest: number,
): { readonly entries: readonly Of[]; readonly next: string | null } {
  if (limit !== undefined && (limit < smallest || limit > 1000)) throw invalidParameter('MaxResults', String(limit));
  const from =
    token === undefined
      ? 0
      : Number(
          Buffer.from(token, 'base64url')
            .toString('utf8')
            .replace(/^after /, ''),
        );
  if (!Number.isInteger(from)) throw refused('InvalidNextToken', 'The token is invalid.');
  const to = Math.min(all.length, from + (limit ?? 1000));
  return {
    entries: all.slice(from, to),
    next: to < all.length ? Buffer.from(`after ${to}`).toString('base64url') : null,
  };
}
