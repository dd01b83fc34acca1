/**
 * What an operator types to find things. Words match anywhere in a name; with `*` or `?` a name must match as a whole.
 * A slash joins names of folders: `2024/invoice` is an entry that begins with `invoice` in a folder that ends with
 * `2024`; with wildcards each name must match as a whole, and `**` stands for any number of folders. A slash in front
 * begins at the root. Case does not count. `\x2a` and `\x3f` are the characters `*` and `?` themselves.
 */
import { rawFromDisplay, type RawPath } from '../platform/raw-path.ts';
import { nameEnd, searchText } from './search-text.ts';

const anyCharacter = Symbol('?');
const anyCharacters = Symbol('*');
const anyFolders = Symbol('**');

type NameToken = string | typeof anyCharacter | typeof anyCharacters;
type NameTest = (name: string) => boolean;

export type SearchPattern = NamePattern & {
  /** Whether the folders above a name count. */
  readonly needsFolders: boolean;
  /** Compares an absolute path. */
  readonly matchesPath: (path: RawPath) => boolean;
  /** What the folder that holds the name must match; null where nothing is known about it. */
  readonly folder: NamePattern | null;
};

export type NamePattern = {
  /** Compares a name alone: false rules its path out. */
  readonly matchesName: (name: RawPath) => boolean;
  /** Texts that a name which matches holds, folded, with `nameEnd` where they stand at its end. */
  readonly literals: readonly string[];
  /** How many characters a name that matches has, folded; null where it may have any number. */
  readonly characters: number | null;
};

/** Null where no name can ever match. */
export function parsePattern(pattern: string): SearchPattern | null {
  const components = splitComponents(tokenise(pattern));
  if (components.some((tokens) => tokens.includes('\0'))) return null;
  const isGlob = components.flat().some((token) => typeof token !== 'string');
  const [only = []] = components;
  if (components.length === 1) {
    const name = namePattern(isGlob ? globTest(only) : containing(only.join('')), only, isGlob);
    return { ...name, needsFolders: false, matchesPath: () => true, folder: null };
  }
  const tests = isGlob ? components.map(componentTest) : plainTests(components.map((tokens) => tokens.join('')));
  const [folder = anyFolders, last = anyFolders] = tests.slice(-2);
  const [folderTokens = [], lastTokens = []] = components.slice(-2);
  return {
    ...namePattern(last, lastTokens, isGlob),
    needsFolders: true,
    matchesPath: pathTest(tests),
    // Of plain text, a folder's name is known to its end.
    folder: folder === anyFolders || folderTokens.length === 0 ? null : namePattern(folder, folderTokens, true),
  };
}

function namePattern(
  test: NameTest | typeof anyFolders,
  tokens: readonly NameToken[],
  isWholeName: boolean,
): NamePattern {
  if (test === anyFolders) return { matchesName: () => true, literals: [], characters: null };
  const isBounded = isWholeName && !tokens.includes(anyCharacters);
  return {
    matchesName: (name) => test(searchText(name)),
    literals: literalsOf(tokens, isWholeName),
    characters: isBounded ? tokens.length : null,
  };
}

/** Characters of the pattern, folded; wildcards as symbols; slashes as slashes. */
function tokenise(pattern: string): NameToken[] {
  const tokens: NameToken[] = [];
  // An escape is one character, so that it can stand for a wildcard without being one.
  for (const [part] of pattern.matchAll(/\*|\?|(?:\\x[0-9a-fA-F]{2}|\\\\|[^*?])+/g)) {
    if (part === '*') tokens.push(anyCharacters);
    else if (part === '?') tokens.push(anyCharacter);
    else tokens.push(...Array.from(searchText(rawFromDisplay(part))));
  }
  return tokens;
}

function splitComponents(tokens: readonly NameToken[]): NameToken[][] {
  const components: NameToken[][] = [[]];
  for (const token of tokens) {
    if (token === '/') components.push([]);
    else components.at(-1)?.push(token);
  }
  return components;
}

function literalsOf(tokens: readonly NameToken[], isWholeName: boolean): string[] {
  const literals: string[] = [''];
  for (const token of tokens) {
    if (typeof token === 'string') literals[literals.length - 1] += token;
    else literals.push('');
  }
  const last = literals.at(-1) ?? '';
  if (isWholeName && last !== '') literals[literals.length - 1] = last + nameEnd;
  return literals.filter((literal) => literal !== '');
}

const containing =
  (text: string): NameTest =>
  (name) =>
    name.includes(text);

function globTest(tokens: readonly NameToken[]): NameTest {
  return (name) =>
    matchStars(
      tokens,
      Array.from(name),
      anyCharacters,
      (token, character) => token === anyCharacter || token === character,
    );
}

function componentTest(tokens: readonly NameToken[]): NameTest | typeof anyFolders {
  const isAnyFolders = tokens.length === 2 && tokens.every((token) => token === anyCharacters);
  return isAnyFolders ? anyFolders : globTest(tokens);
}

/** Text with slashes, found anywhere in a path as long as it reaches into the last name. */
function plainTests(texts: readonly string[]): NameTest[] {
  return texts.map((text, at): NameTest => {
    if (at === texts.length - 1) return (name) => name.startsWith(text);
    if (at === 0 && text !== '') return (name) => name.endsWith(text);
    return (name) => name === text;
  });
}

/** A pattern that begins with a slash has an empty first name, as an absolute path has. */
function pathTest(tests: readonly (NameTest | typeof anyFolders)[]): (path: RawPath) => boolean {
  const tokens = [anyFolders, ...tests];
  // Paths of one folder come one after the other.
  let folder: RawPath | null = null;
  let folders: readonly string[] = [];
  return (path) => {
    const end = path.lastIndexOf('/');
    const above = path.slice(0, Math.max(0, end));
    if (above !== folder) {
      folder = above;
      folders = end < 0 ? [] : above.split('/').map(searchText);
    }
    const names = [...folders, searchText(path.slice(end + 1))];
    return matchStars(tokens, names, anyFolders, (test, name) => typeof test === 'function' && test(name));
  };
}

/** Whether all items match the tokens in order, `star` standing for any number of them; in time of their product. */
function matchStars<Token, Item>(
  tokens: readonly Token[],
  items: readonly Item[],
  star: Token,
  matches: (token: Token, item: Item) => boolean,
): boolean {
  let token = 0;
  let item = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (item < items.length) {
    if (token < tokens.length && tokens[token] === star) {
      starAt = token++;
      resumeAt = item;
    } else if (token < tokens.length && matches(tokens[token] as Token, items[item] as Item)) {
      token += 1;
      item += 1;
    } else if (starAt >= 0) {
      token = starAt + 1;
      resumeAt += 1;
      item = resumeAt;
    } else return false;
  }
  while (token < tokens.length && tokens[token] === star) token += 1;
  return token === tokens.length;
}
