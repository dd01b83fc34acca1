import { expect, test } from 'vitest';
import { newKeyCost } from '../../../electron/engine/platform/key-cost.ts';
import { newBoxKey } from '../../../electron/engine/platform/sealed-box.ts';

test('a new key costs what OWASP recommends for scrypt', async () => {
  expect(newKeyCost).toEqual({ N: 32768, r: 8, p: 3 });
  expect((await newBoxKey('a passphrase of eleven words')).made).toMatchObject({ kdf: 'scrypt', N: 32768, r: 8, p: 3 });
});
