import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { listObjects } from '../../../../electron/engine/sources/s3-bucket/listing.ts';

type Page = { readonly keys: readonly string[]; readonly next?: string; readonly encoded?: boolean };

/** A store that answers with what no honest one would; page by page, the last one again and again. */
function storeOf(pages: readonly Page[]): { readonly s3: S3Client; readonly asked: () => number } {
  let asked = 0;
  const send = async () => {
    const { keys, next, encoded = true } = pages[Math.min(asked, pages.length - 1)] ?? { keys: [] };
    asked += 1;
    return {
      ...(encoded && { EncodingType: 'url' }),
      Contents: keys.map((Key) => ({ Key, Size: 1, ETag: '"e"', LastModified: new Date(0) })),
      IsTruncated: next !== undefined,
      ...(next !== undefined && { NextContinuationToken: next.replace('#', String(asked)) }),
    };
  };
  return { s3: { send } as unknown as S3Client, asked: () => asked };
}

async function keysIn(pages: readonly Page[], prefix = ''): Promise<string[]> {
  const { s3 } = storeOf(pages);
  const keys: string[] = [];
  const { signal } = new AbortController();
  for await (const page of listObjects({ s3, bucket: 'bucket', prefix, versions: false, signal }))
    keys.push(...page.map(({ key }) => Buffer.from(key, 'latin1').toString('utf8')));
  return keys;
}

describe('a list', () => {
  test('is read page by page, with keys as they are', async () => {
    const pages = [{ keys: ['a+b%2B', 'c/%C3%BC'], next: '1' }, { keys: [], next: '2' }, { keys: ['d%0A'] }];
    expect(await keysIn(pages)).toEqual(['a b+', 'c/ü', 'd\n']);
  });

  test('of a store that does not encode keys is read as it is', async () => {
    expect(await keysIn([{ keys: ['a+b%2B'], encoded: false }])).toEqual(['a+b%2B']);
  });

  test.each<readonly [string, readonly Page[]]>([
    ['is not in order', [{ keys: ['b', 'a'] }]],
    ['is not in order from page to page', [{ keys: ['b'], next: '1' }, { keys: ['a'] }]],
    ['names a key twice', [{ keys: ['a', 'a'] }]],
    ['repeats a page', [{ keys: ['a', 'b'], next: '#' }]],
    [
      'goes on where it was',
      [
        { keys: ['a'], next: 'x' },
        { keys: [], next: 'x' },
      ],
    ],
    ['goes on without an end', [{ keys: [], next: '#' }]],
    ['has keys longer than S3 allows', [{ keys: ['k'.repeat(1025)] }]],
    ['has keys that cannot be read', [{ keys: ['%ff'] }]],
    ['names keys that were not asked for', [{ keys: ['other/a'] }]],
  ])('that %s is refused', async (_, pages) => {
    const prefix = pages[0]?.keys[0] === 'other/a' ? 'mine/' : '';
    await expect(keysIn(pages, prefix)).rejects.toMatchObject({ code: 'AWS_ANSWER_INVALID' });
  });

  test('in the order of the bytes of its keys is in order, whatever their units are', async () => {
    // U+FF5E comes before U+1F600 by its bytes, and after it by its units.
    expect(await keysIn([{ keys: ['\uff5e', '\u{1f600}'], encoded: false }])).toEqual(['\uff5e', '\u{1f600}']);
  });
});
