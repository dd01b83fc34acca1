/** Text as compressible as prose: words of a made-up language, the common ones far more often than the rare ones. */
import { keystream, type Keystream } from './keystream.ts';

export type TextSource = {
  /** The next bytes of an endless text. */
  bytes(length: number): Buffer;
};

const vocabularySize = 8192;
const drawSize = 65_536;
const wordsAtOnce = 65_536;
const letters = 'eeeettaaooiinnsshhrrdlcumwfgypbvkxjqz';
const space = 0x20;
const newline = 0x0a;
const wordsPerLine = 12;

export function textSource(seed: string, label: string): TextSource {
  const { words, starts, draw } = makeVocabulary(keystream(seed, 'vocabulary'));
  const choices = keystream(seed, label);
  let picks: Uint16Array = new Uint16Array(0);
  let next = 0;
  let spoken = 0;
  const bytes = (length: number) => {
    const text = Buffer.allocUnsafe(length);
    let at = 0;
    while (at < length) {
      if (next === picks.length) {
        const fresh = choices.bytes(wordsAtOnce * 2);
        picks = new Uint16Array(fresh.buffer, fresh.byteOffset, wordsAtOnce);
        next = 0;
      }
      const word = draw[picks[next++] ?? 0] ?? 0;
      const end = starts[word + 1] ?? 0;
      // Past the end of the buffer a write is without effect.
      for (let from = starts[word] ?? 0; from < end; from++) text[at++] = words[from] ?? 0;
      text[at++] = ++spoken % wordsPerLine === 0 ? newline : space;
    }
    return text;
  };
  return { bytes };
}

type Vocabulary = {
  /** All words, one behind the other. */
  readonly words: Uint8Array;
  /** Where each word starts, and at the end where the last one ends. */
  readonly starts: Uint32Array;
  /** Sixteen random bits to a word: the nth word as often as one in n (Zipf's law). */
  readonly draw: Uint16Array;
};

function makeVocabulary(random: Keystream): Vocabulary {
  const starts = new Uint32Array(vocabularySize + 1);
  let text = '';
  for (let word = 0; word < vocabularySize; word++) {
    const length = 2 + Math.floor(random.fraction() * Math.min(10, 2 + Math.log2(word + 1)));
    for (let letter = 0; letter < length; letter++) text += letters[Math.floor(random.fraction() * letters.length)];
    starts[word + 1] = text.length;
  }
  return { words: Buffer.from(text, 'latin1'), starts, draw: makeDraw() };
}

function makeDraw(): Uint16Array {
  let total = 0;
  for (let rank = 1; rank <= vocabularySize; rank++) total += 1 / rank;
  const draw = new Uint16Array(drawSize);
  let word = 0;
  let reached = 1 / total;
  for (let ticket = 0; ticket < drawSize; ticket++) {
    while (ticket / drawSize >= reached && word < vocabularySize - 1) reached += 1 / (++word + 1) / total;
    draw[ticket] = word;
  }
  return draw;
}
