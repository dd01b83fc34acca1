import { expect, test } from 'vitest';
import { Contents } from '../../../electron/sandbox/aws/contents.ts';
import { allows } from '../../../electron/sandbox/aws/identity/policies.ts';
import { parseXml, textOf, xmlDocument } from '../../../electron/sandbox/aws/protocol/xml.ts';

test('XML is written so that it is read as it was, but for what has no place in it', () => {
  const text = 'a & b < c > "d"\n\u{1f600}';
  const document = xmlDocument('Root', 'urn:x', { One: text, Two: [{ Three: 3 }, { Three: null }], Four: undefined });
  const root = parseXml(document);
  expect(textOf(root, 'One')).toBe(text);
  expect(root.children.map(({ name }) => name)).toEqual(['One', 'Two', 'Two']);
  expect(xmlDocument('Root', null, { Key: 'bell\u0007' })).toContain('bell&#x7;');
});

test.each([
  '<a><b></a></b>',
  '<a>',
  'text',
  '',
  '<a>&own;</a>',
  '<!DOCTYPE a [<!ENTITY own "x">]><a>&own;</a>',
  '<a><</a>',
])('%s is refused', (document) => {
  expect(() => parseXml(document)).toThrow(/not well formed|is not known/);
});

test('a denial goes before what is allowed, patterns know no case, and what nothing allows is denied', () => {
  const policy = { allow: ['s3:Get*', 'ec2:*'], deny: ['ec2:Delete*'] };
  expect(allows(policy, 's3:GetObject')).toBe(true);
  expect(allows(policy, 's3:getobject')).toBe(true);
  expect(allows(policy, 's3:PutObject')).toBe(false);
  expect(allows(policy, 'xs3:GetObject')).toBe(false);
  expect(allows(policy, 'ec2:DeleteSnapshot')).toBe(false);
  expect(allows({ allow: [] }, 's3:GetObject')).toBe(false);
});

test('without a folder only so much is kept, and what is given back makes room', async () => {
  const contents = new Contents(null);
  const piece = Buffer.alloc(64 * 1024 * 1024);
  async function* pieces(count: number): AsyncGenerator<Buffer> {
    for (let at = 0; at < count; at++) yield await Promise.resolve(piece);
  }
  await expect(contents.take(pieces(9))).rejects.toThrow('memory of the sandbox is full');
  for (let times = 0; times < 10; times++) {
    const kept = await contents.take(pieces(1));
    kept.share().drop();
    expect(kept.size).toBe(piece.length);
    kept.drop();
  }
});
