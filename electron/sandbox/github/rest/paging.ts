/** Pages of a list as GitHub cuts them: at most 100 items, with the neighbours in a Link header. */
import { ok, type Answer } from './answer.ts';
import { type Call } from './call.ts';

const usualPageSize = 30;
const largestPageSize = 100;

/** `path`: by number, as GitHub names a list in its links whatever it was asked by, such as `/organizations/7/repos`. */
export function page<Item>(
  call: Call,
  path: string,
  items: readonly Item[],
  present: (item: Item) => unknown,
  wrap: (items: readonly unknown[]) => unknown = (presented) => presented,
): Answer {
  const size = Math.min(positive(call.query.get('per_page')) ?? usualPageSize, largestPageSize);
  const number = positive(call.query.get('page')) ?? 1;
  const last = Math.max(1, Math.ceil(items.length / size));
  const links: [rel: string, page: number][] = [];
  if (number > 1) links.push(['prev', Math.min(number - 1, last)]);
  if (number < last) links.push(['next', number + 1], ['last', last]);
  if (number > 1) links.push(['first', 1]);
  const link = links.map(([rel, to]) => `<${addressOf(call, path, to)}>; rel="${rel}"`).join(', ');
  const shown = items.slice((number - 1) * size, number * size).map((item) => present(item));
  return ok(wrap(shown), link === '' ? undefined : { link });
}

function addressOf(call: Call, path: string, number: number): string {
  const query = new URLSearchParams(call.query);
  query.delete('page');
  query.append('page', String(number));
  return `${call.world.api}${path}?${query.toString()}`;
}

function positive(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}
