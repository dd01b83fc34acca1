import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rawFromUtf8 } from '../../../../electron/engine/platform/raw-path.ts';
import { goJsonString, goQuote, goUnquote } from '../../../../electron/engine/repository/format/go-quote.ts';

const bytes = (...values: readonly number[]): string => String.fromCharCode(...values);
const anyBytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array).toString('latin1'));
/** Bytes that meet at the edges of UTF-8 and of quoting far more often than chance would have it. */
const edgyBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom('\\', '"', "'", 'x', 'u', '0', '\n', '\x00', '\x7f', '\x80', '\xbf', '\xc0', '\xc2', '\xe0'),
      fc.constantFrom('\xa0', '\x9f', '\x8f', '\x90', '\xed', '\xef', '\xf0', '\xf4', '\xf5', '\xff'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }).map((text) => rawFromUtf8(text.toWellFormed())),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

describe('quoting, as strconv.Quote of Go does it', () => {
  test.each([
    ['', ''],
    ['plain name-1_2.txt', 'plain name-1_2.txt'],
    ["it's", "it's"],
    ['\x07\b\f\r\n\t\v', String.raw`\a\b\f\r\n\t\v`],
    ['\\', String.raw`\\`],
    ['say "hello"', String.raw`say \"hello\"`],
    ['\x00', String.raw`\x00`],
    ['\x04', String.raw`\x04`],
    ['\x1b', String.raw`\x1b`],
    ['\x7f', String.raw`\x7f`],
    ['<&>', '<&>'],
  ])('of ASCII: %j is %s', (raw, quoted) => {
    expect(goQuote(raw)).toBe(quoted);
  });

  test.each([
    ['é', 'é'],
    ['☺', '☺'],
    ['日本語', '日本語'],
    ['😀', '😀'],
    ['e\u0301', 'e\u0301'],
    ['\ufffd', '\ufffd'],
    ['!\u00a0!\u2000!\u3000!', String.raw`!\u00a0!\u2000!\u3000!`],
    ['\u0080', String.raw`\u0080`],
    ['\u0085', String.raw`\u0085`],
    ['\u00ad', String.raw`\u00ad`],
    ['\u200b', String.raw`\u200b`],
    ['\u202e', String.raw`\u202e`],
    ['\u2028', String.raw`\u2028`],
    ['\ue000', String.raw`\ue000`],
    ['\ufeff', String.raw`\ufeff`],
    ['\uffff', String.raw`\uffff`],
    ['\u{e0001}', String.raw`\U000e0001`],
    ['\u{10ffff}', String.raw`\U0010ffff`],
  ])('of text in UTF-8: %j is %s', (text, quoted) => {
    expect(goQuote(rawFromUtf8(text))).toBe(quoted);
  });

  test.each([
    ['a byte that begins nothing', `abc${bytes(0xff)}def`, String.raw`abc\xffdef`],
    ['Latin-1', `caf${bytes(0xe9)}`, String.raw`caf\xe9`],
    ['a continuation byte alone', bytes(0x80), String.raw`\x80`],
    ['a sequence cut off by the end', bytes(0xe2, 0x82), String.raw`\xe2\x82`],
    ['a sequence cut off by a letter', `${bytes(0xe2, 0x82)}a`, String.raw`\xe2\x82a`],
    ['an overlong NUL', bytes(0xc0, 0x80), String.raw`\xc0\x80`],
    ['an overlong slash of three bytes', bytes(0xe0, 0x80, 0xaf), String.raw`\xe0\x80\xaf`],
    ['an overlong form of four bytes', bytes(0xf0, 0x8f, 0xbf, 0xbf), String.raw`\xf0\x8f\xbf\xbf`],
    ['a surrogate', bytes(0xed, 0xa0, 0x80), String.raw`\xed\xa0\x80`],
    ['a value over U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80), String.raw`\xf4\x90\x80\x80`],
    ['a form of five bytes', bytes(0xf8, 0x88, 0x80, 0x80, 0x80), String.raw`\xf8\x88\x80\x80\x80`],
    ['good text beside it', `${rawFromUtf8('é')}${bytes(0xc3)}`, String.raw`é\xc3`],
  ])('of %s: byte by byte', (_what, raw, quoted) => {
    expect(goQuote(raw)).toBe(quoted);
  });
});

describe('unquoting, as strconv.Unquote does it', () => {
  test.each([
    ["'", "'"],
    [String.raw`\"`, '"'],
    [String.raw`\x41\x0A\xfF`, `A\n${bytes(0xff)}`],
    [String.raw`\101\000\377`, `A\0${bytes(0xff)}`],
    [String.raw`\u263a\u263A`, rawFromUtf8('☺☺')],
    [String.raw`\U0001F600`, rawFromUtf8('😀')],
    [String.raw`\ufffd`, rawFromUtf8('\ufffd')],
    ['\t', '\t'],
    ['é', rawFromUtf8('é')],
    [String.raw`\\x41`, String.raw`\x41`],
  ])('%j is read', (quoted, raw) => {
    expect(goUnquote(quoted)).toBe(raw);
  });

  test.each([
    ['"', 'a bare quotation mark'],
    ['a"b', 'a bare quotation mark within'],
    [String.raw`\\"`, 'a quotation mark after an escaped backslash'],
    ['\\', 'a backslash at the end'],
    [String.raw`a\\` + '\\', 'a backslash at the end, after an escaped one'],
    [String.raw`\9`, 'no escape of Go'],
    [String.raw`\19`, 'an octal number that is too short'],
    [String.raw`\129`, 'an octal number with a nine'],
    [String.raw`\400`, 'an octal number over 255'],
    [String.raw`\x1!`, 'one hexadecimal digit'],
    [String.raw`\x`, 'no hexadecimal digit'],
    [String.raw`\u12`, 'too few digits'],
    [String.raw`\U1234567`, 'too few digits for eight'],
    [String.raw`\U12345678`, 'no code point'],
    [String.raw`\U00110000`, 'one past the last code point'],
    [String.raw`\udead`, 'a surrogate'],
    [String.raw`\ud83d\ude4f`, 'a surrogate pair'],
    [String.raw`\z`, 'no escape'],
    [String.raw`\ `, 'an escaped space'],
    ['\\\n', 'an escaped line break'],
    ['\n', 'a line break'],
    ['\\n\n', 'a line break after an escaped one'],
    ['\\😀', 'an escaped emoji'],
  ])('%j is refused: %s', (quoted) => {
    expect(goUnquote(quoted)).toBeNull();
  });

  test('an escaped apostrophe is refused: between quotation marks Go knows no such escape', () => {
    expect(goUnquote(String.raw`it\'s`)).toBeNull();
  });
});

describe('any name', () => {
  test.each([
    ['any bytes', anyBytes],
    ['bytes at the edges of UTF-8', edgyBytes],
  ])('of %s comes back from its quoted form', (_what, names) => {
    fc.assert(fc.property(names, (raw) => goUnquote(goQuote(raw)) === raw));
  });

  test('has a quoted form without control characters and without lone surrogates', () => {
    fc.assert(
      fc.property(edgyBytes, (raw) => {
        const quoted = goQuote(raw);
        return quoted.isWellFormed() && !/[\p{Cc}]/u.test(quoted);
      }),
    );
  });

  test('has a quoted form that no other name has', () => {
    fc.assert(fc.property(edgyBytes, edgyBytes, (a, b) => (goQuote(a) === goQuote(b)) === (a === b)));
  });
});

describe('a JSON string, as encoding/json of Go writes it', () => {
  test.each([
    ['', '""'],
    ['plain', '"plain"'],
    ['"', String.raw`"\""`],
    ['\\', String.raw`"\\"`],
    ['\n\r\t', String.raw`"\n\r\t"`],
    ['\x00\x1f', String.raw`"\u0000\u001f"`],
    ['<a href="x">&</a>', String.raw`"\u003ca href=\"x\"\u003e\u0026\u003c/a\u003e"`],
    ['\u2028\u2029', String.raw`"\u2028\u2029"`],
    ['é☺😀', '"é☺😀"'],
    ['\x7f\u00a0', '"\x7f\u00a0"'],
    ["/'", `"/'"`],
  ])('%j is %s', (text, json) => {
    expect(goJsonString(text)).toBe(json);
  });

  test('of any text is read back by a JSON parser', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(goJsonString(text))).toBe(text.toWellFormed());
      }),
    );
  });
});
