import { expect, test } from 'vitest';
import { pagesOf, type Cursor } from '../../../electron/engine/aws/pages.ts';

type Page = { readonly items: readonly number[]; readonly NextToken?: string };

async function read(ask: (cursor: Cursor) => Page): Promise<readonly number[]> {
  const items: number[] = [];
  for await (const page of pagesOf('DescribeThings', (cursor) => Promise.resolve(ask(cursor))))
    items.push(...page.items);
  return items;
}

test('pages are read in order, also empty ones, until none follows', async () => {
  const pages: Readonly<Record<string, Page>> = {
    '': { items: [1], NextToken: 'b' },
    b: { items: [], NextToken: 'c' },
    c: { items: [2], NextToken: '' },
  };
  expect(await read(({ NextToken = '' }) => pages[NextToken] ?? { items: [] })).toEqual([1, 2]);
});

test('a list that leads back into itself is refused', async () => {
  let asked = 0;
  const round = read(() => ({ items: [], NextToken: ['a', 'b'][asked++ % 2] ?? '' }));
  await expect(round).rejects.toMatchObject({ code: 'AWS_ANSWER_INVALID' });
});

test('a list without an end is refused', async () => {
  let asked = 0;
  const endless = read(() => ({ items: [], NextToken: `${++asked}` }));
  await expect(endless).rejects.toMatchObject({ code: 'AWS_ANSWER_INVALID' });
  expect(asked).toBeLessThan(20_000);
});
