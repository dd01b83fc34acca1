import { expect, it } from 'vitest';
import { canonicalJson } from '../../../shared/model/canonical-json.ts';

it('writes what RFC 8785 gives as its example', () => {
  const value = {
    numbers: [JSON.parse('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

it('orders names by their UTF-16 units, as RFC 8785 does', () => {
  const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
  const text = canonicalJson(Object.fromEntries(sorted.toReversed().map((name) => [name, 0])));
  expect(text).toBe(`{${sorted.map((name) => `${JSON.stringify(name)}:0`).join(',')}}`);
});

it('gives equal values equal texts, whatever the order of their names', () => {
  expect(canonicalJson({ a: [{ c: 1, b: undefined }], d: null })).toBe(canonicalJson({ d: null, a: [{ c: 1 }] }));
});

it('refuses numbers that JSON does not have', () => {
  expect(() => canonicalJson({ a: [Number.NaN] })).toThrow(TypeError);
  expect(() => canonicalJson(Infinity)).toThrow(TypeError);
});
