import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  deriveKey,
  generateSealingKey,
  Sealer,
  sealOverhead,
  type SealingKey,
} from '../../../electron/engine/repository/crypto.ts';
import { poly1305 } from '../../../electron/engine/repository/sodium.ts';
import { noise } from '../../support/odd-tree.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const keep = 24 * 1024;
/** Around one block, around one small piece, around the size from which another cipher takes over, around its slices. */
const around = (size: number): number[] => [-17, -16, -15, -1, 0, 1, 15, 16, 17].map((more) => size + more);
const sizes = [0, 1, 15, 16, 17, 31, ...[48, 256, 4096, keep, 128 * 1024].flatMap(around), 1024 * 1024 + 3];

/** Sealing straight from the design document, with a nonce of one's own choosing. */
function sealWith(key: SealingKey, nonce: Buffer, plain: Uint8Array): Buffer {
  const cipherText = createCipheriv('aes-256-ctr', key.encrypt, nonce).update(plain);
  return Buffer.concat([nonce, cipherText, poly1305Aes(key, nonce, cipherText)]);
}

function poly1305Aes(key: SealingKey, nonce: Buffer, message: Uint8Array): Buffer {
  const block = createCipheriv('aes-128-ecb', key.macK, null).setAutoPadding(false).update(nonce);
  const mac = Buffer.alloc(16);
  poly1305(mac, message, Buffer.concat([key.macR, block]));
  return mac;
}

describe('against published vectors', () => {
  // D. J. Bernstein, "The Poly1305-AES message-authentication code", appendix B; also in restic's own tests.
  test.each([
    [
      'two bytes',
      'f3f6',
      '851fc40c3467ac0be05cc20404f3f700',
      'ec074c835580741701425b623235add6',
      'fb447350c4e868c52ac3275cf9d4327e',
      'f4c633c3044fc145f84f335cb81953de',
    ],
    [
      'no bytes',
      '',
      'a0f3080000f46400d0c7e9076c834403',
      '75deaa25c09f208e1dc4ce6b5cad3fbf',
      '61ee09218d29b0aaed7e154a2c5509cc',
      'dd3fab2251f11ac759f0887129cc2ee7',
    ],
    [
      'two blocks',
      '663cea190ffb83d89593f3f476b6bc24d7e679107ea26adb8caf6652d0656136',
      '48443d0bb0d21109c89a100b5ce2c208',
      '6acb5f61a7176dd320c5c1eb2edcdc74',
      'ae212a55399729595dea458bc621ff0e',
      '0ee1c16bb73f0f4fd19881753c01cdbe',
    ],
    [
      'three blocks and 15 bytes',
      'ab0812724a7f1e342742cbed374d94d136c6b8795d45b3819830f2c04491faf0990c62e48b8018b2c3e4a0fa3134cb67fa83e158c994d961c4cb21095c1bf9',
      '12976a08c4426d0ce8a82407c4f48207',
      'e1a5668a4d5b66a5f68cc5424ed5982d',
      '9ae831e743978d3a23527c7128149e3a',
      '5154ad0d2cb26e01274fc51148491f1b',
    ],
  ])('Poly1305-AES over %s', (_what, cipherText, r, k, nonce, mac) => {
    const sealer = new Sealer({ encrypt: Buffer.alloc(32), macK: hex(k), macR: hex(r) });
    expect(sealer.open(hex(nonce + cipherText + mac))).not.toBeNull();
    expect(sealer.open(hex(nonce + cipherText + 'f4c633c3044fc145f84f335cb81953df'))).toBeNull();
  });

  test('AES-256-CTR: NIST SP 800-38A, F.5.6', () => {
    const key = {
      encrypt: hex('603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4'),
      macK: Buffer.alloc(16, 1),
      macR: Buffer.alloc(16, 2),
    };
    const counter = hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
    const cipherText = hex(
      `601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5
       2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6`,
    );
    const sealed = Buffer.concat([counter, cipherText, poly1305Aes(key, counter, cipherText)]);
    expect(new Sealer(key).open(sealed)?.toString('hex')).toBe(
      hex(
        `6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
         30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710`,
      ).toString('hex'),
    );
  });

  test('scrypt: RFC 7914, section 12, 64 bytes split as AES key, MAC key, MAC secret', async () => {
    const key = await deriveKey('pleaseletmein', Buffer.from('SodiumChloride'), { N: 16_384, r: 8, p: 1 });
    expect(Buffer.from(key.encrypt).toString('hex')).toBe(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
    );
    expect(Buffer.from(key.macK).toString('hex')).toBe('d5432955613f0fcf62d49705242a9af9');
    expect(Buffer.from(key.macR).toString('hex')).toBe('e61e85dc0d651e40dfcf017b45575887');
  });
});

describe('a sealed blob', () => {
  const key = generateSealingKey();
  const sealer = new Sealer(key);

  test.each(sizes)('of %i bytes is nonce, AES-256-CTR and Poly1305-AES, and opens again', (size) => {
    const plain = noise(size, `seal ${size}`);
    const sealed = sealer.seal(plain);
    expect(sealed.length).toBe(size + sealOverhead);
    expect(sealed.equals(sealWith(key, sealed.subarray(0, 16), plain))).toBe(true);
    expect(sealer.open(sealed)?.equals(plain)).toBe(true);
  });

  test('opens whatever was sealed before it: nothing stays behind between sizes', () => {
    for (const size of [...sizes, ...sizes.toReversed()]) {
      const plain = noise(size, `mixed ${size}`);
      expect(sealer.open(sealer.seal(plain))?.equals(plain), `${size} bytes`).toBe(true);
    }
  });

  test.each(sizes)('of %i bytes opens to what was sealed and to nothing else', (size) => {
    const plain = noise(size, `opens to ${size}`);
    const sealed = sealer.seal(plain);
    expect(sealer.opensTo(sealed, plain)).toBe(true);
    expect(sealer.opensTo(sealed, Buffer.concat([plain, Buffer.of(0)]))).toBe(false);
    if (size === 0) return;
    expect(sealer.opensTo(sealed, plain.subarray(1))).toBe(false);
    for (const at of [0, size >> 1, size - 1]) {
      const other = Buffer.from(plain);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(sealer.opensTo(sealed, other), `byte ${at}`).toBe(false);
      const spoilt = Buffer.from(sealed);
      spoilt[16 + at] = (spoilt[16 + at] ?? 0) ^ 1;
      expect(sealer.opensTo(spoilt, plain), `sealed byte ${at}`).toBe(false);
    }
  });

  test.each([
    'ff'.repeat(16),
    `${'ff'.repeat(15)}fe`,
    `${'00'.repeat(12)}ffffffff`,
    `${'00'.repeat(8)}${'ff'.repeat(8)}`,
  ])('whose counter begins at %s wraps around as 128 bits do', (nonce) => {
    for (const size of [1, 16, 17, 33, 4096, keep, keep + 1]) {
      const plain = noise(size, `wrap ${size}`);
      expect(sealer.open(sealWith(key, hex(nonce), plain))?.equals(plain), `${size} bytes`).toBe(true);
    }
  });

  test('wraps its counter anywhere within a small blob', () => {
    const plain = noise(keep, 'wrap anywhere');
    for (const before of [1, 2, 255, 256, 257, keep / 16 - 1, keep / 16, keep / 16 + 1]) {
      const nonce = Buffer.alloc(16);
      nonce.writeUInt32BE(2 ** 32 - before, 12);
      expect(sealer.open(sealWith(key, nonce, plain))?.equals(plain), `after ${before} blocks`).toBe(true);
    }
  });

  test.each([0, 1, 16, 40])('of %i bytes is refused with any one bit flipped', (size) => {
    const sealed = sealer.seal(noise(size, 'flip'));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const forged = Buffer.from(sealed);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(sealer.open(forged), `bit ${bit}`).toBeNull();
    }
    expect(sealer.open(sealed)).not.toBeNull();
  });

  test('of a mebibyte is refused with a bit flipped here or there', () => {
    const sealed = sealer.seal(noise(1024 * 1024, 'flip large'));
    for (const at of [0, 15, 16, 17, 128 * 1024, 500_000, sealed.length - 17, sealed.length - 16, sealed.length - 1]) {
      const forged = Buffer.from(sealed);
      forged[at] = (forged[at] ?? 0) ^ 0x80;
      expect(sealer.open(forged), `byte ${at}`).toBeNull();
    }
  });

  test('is refused when it is cut short or longer than it was', () => {
    const sealed = sealer.seal(noise(100, 'cut'));
    for (let length = 0; length < sealed.length; length++) expect(sealer.open(sealed.subarray(0, length))).toBeNull();
    expect(sealer.open(Buffer.concat([sealed, Buffer.alloc(1)]))).toBeNull();
  });

  test('is refused under every other key', () => {
    const sealed = sealer.seal(noise(100, 'other key'));
    const other = generateSealingKey();
    expect(new Sealer({ ...key, macK: other.macK }).open(sealed)).toBeNull();
    expect(new Sealer({ ...key, macR: other.macR }).open(sealed)).toBeNull();
    expect(new Sealer(key).open(sealed)).not.toBeNull();
  });

  test('goes where it was asked to, and nowhere else', () => {
    for (const size of [0, 5, keep, keep + 1]) {
      const out = Buffer.alloc(size + sealOverhead + 20, 0xee);
      expect(sealer.sealInto(noise(size, 'place'), out, 10)).toBe(size + sealOverhead);
      expect(out.subarray(0, 10).equals(Buffer.alloc(10, 0xee))).toBe(true);
      expect(out.subarray(-10).equals(Buffer.alloc(10, 0xee))).toBe(true);
      const into = Buffer.alloc(size + 8, 0xdd);
      expect(sealer.openInto(out.subarray(10, -10), into)).toBe(true);
      expect(into.subarray(0, size).equals(noise(size, 'place'))).toBe(true);
      expect(into.subarray(size).equals(Buffer.alloc(8, 0xdd))).toBe(true);
    }
  });

  test('that is refused leaves no plain bytes behind', () => {
    const forged = sealer.seal(noise(64, 'secret'));
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const into = Buffer.alloc(64, 0xdd);
    expect(sealer.openInto(forged, into)).toBe(false);
    expect(into.equals(Buffer.alloc(64, 0xdd))).toBe(true);
  });

  test('may lie anywhere in memory', () => {
    const memory = Buffer.alloc(200);
    for (let shift = 0; shift < 8; shift++) {
      const plain = memory.subarray(shift, shift + 33);
      plain.set(noise(33, `shift ${shift}`));
      const sealed = Buffer.alloc(100);
      sealer.sealInto(plain, sealed, shift);
      expect(sealer.open(sealed.subarray(shift, shift + 33 + sealOverhead))?.equals(plain)).toBe(true);
    }
  });
});

test('no two seals share a nonce, across many and across sealers of one key', () => {
  const key = generateSealingKey();
  const nonces = new Set<string>();
  const sealers = [new Sealer(key), new Sealer(key), new Sealer(key)];
  const out = Buffer.alloc(sealOverhead);
  for (let round = 0; round < 2000; round++) {
    for (const sealer of sealers) {
      sealer.sealInto(new Uint8Array(), out, 0);
      nonces.add(out.toString('hex', 0, 16));
    }
  }
  expect(nonces.size).toBe(6000);
});

test('no two keys are alike', () => {
  const drawn = Array.from({ length: 50 }, generateSealingKey);
  const parts = drawn.flatMap(({ encrypt, macK, macR }) => [encrypt, macK, macR]);
  expect(new Set(parts.map((part) => Buffer.from(part).toString('hex'))).size).toBe(150);
  expect(drawn.every((key) => key.encrypt.length === 32 && key.macK.length === 16 && key.macR.length === 16)).toBe(
    true,
  );
});
