import { expect, test } from 'vitest';
import {
  boxKeyOf,
  newBoxKey,
  openBox,
  sealBox,
  sealedBoxSchema,
} from '../../../electron/engine/platform/sealed-box.ts';

const plain = Buffer.from('a secret');

test('what was sealed opens with the passphrase, for the purpose it was sealed for', async () => {
  const box = sealBox(await newBoxKey('right'), 'one purpose', plain);
  const travelled = sealedBoxSchema.parse(JSON.parse(JSON.stringify(box)));
  expect(openBox(travelled, await boxKeyOf(travelled, 'right'), 'one purpose')).toEqual(plain);
  expect(openBox(travelled, await boxKeyOf(travelled, 'right'), 'another purpose')).toBeNull();
  expect(openBox(travelled, await boxKeyOf(travelled, 'wrong'), 'one purpose')).toBeNull();
});

test('a box of which a single bit was changed does not open', async () => {
  const key = await newBoxKey('right');
  const box = sealBox(key, 'purpose', plain);
  for (let at = 0; at < plain.length + 16; at++) {
    const data = Buffer.from(box.data, 'base64');
    data[at] = (data[at] ?? 0) ^ 1;
    expect(openBox({ ...box, data: data.toString('base64') }, key, 'purpose'), `byte ${at}`).toBeNull();
  }
  expect(openBox({ ...box, data: '' }, key, 'purpose')).toBeNull();
  expect(openBox({ ...box, key: { ...box.key, p: 2 } }, key, 'purpose')).toBeNull();
});

test('the same bytes are never sealed to the same bytes', async () => {
  const key = await newBoxKey('right');
  expect(sealBox(key, 'purpose', plain).data).not.toBe(sealBox(key, 'purpose', plain).data);
});
