/** As much XML as AWS speaks: elements and text, no attributes that mean anything, no entities of one's own. */

export type XmlValue = string | number | boolean | null | undefined | XmlTree | readonly XmlValue[];
export type XmlTree = { readonly [name: string]: XmlValue };

export type XmlElement = {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
};

export class XmlProblem extends Error {}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A document with one root. A list becomes one element for each entry; what is undefined or null is left out. */
export function xmlDocument(root: string, namespace: string | null, content: XmlTree): string {
  const opening = namespace === null ? root : `${root} xmlns="${namespace}"`;
  return `${declaration}<${opening}>${inner(content)}</${root}>`;
}

const needsEscape = /[&<>"\ufffe\uffff]|(?![\t\n])\p{Cc}/u;

/** Text as AWS escapes it: also characters that XML has no room for, which many parsers then refuse. */
export function escapeXml(text: string): string {
  if (!needsEscape.test(text)) return text;
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/(?![\t\n])[\p{Cc}\ufffe\uffff]/gu, (unit) => `&#x${unit.charCodeAt(0).toString(16)};`);
}

/** The root. Throws `XmlProblem` for what is not well formed, and for document types. */
export function parseXml(document: string): XmlElement {
  const open: { name: string; text: string; children: XmlElement[] }[] = [{ name: '', text: '', children: [] }];
  const pattern = /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([\w:.-]+)([^<>]*?)(\/?)>|([^<]+)|</g;
  for (const [whole, slash, name = '', , selfClosing, text] of document.matchAll(pattern)) {
    const top = open.at(-1);
    if (top === undefined || whole === '<') throw new XmlProblem('not well formed');
    if (text !== undefined) top.text += unescapeXml(text);
    else if (slash === '/') closeElement(open, name);
    else if (selfClosing === '/') top.children.push({ name, text: '', children: [] });
    else if (name !== '') open.push({ name, text: '', children: [] });
  }
  const [root] = open[0]?.children ?? [];
  if (open.length !== 1 || root === undefined) throw new XmlProblem('not well formed');
  return root;
}

export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

export function textOf(element: XmlElement, name: string): string | undefined {
  return childOf(element, name)?.text;
}

/** An element as it is written, for what is kept and given back as it came. */
export function toTree(element: XmlElement): XmlValue {
  if (element.children.length === 0) return element.text;
  const tree: Record<string, XmlValue[]> = {};
  for (const child of element.children) (tree[child.name] ??= []).push(toTree(child));
  return tree;
}

function closeElement(open: { name: string; text: string; children: XmlElement[] }[], name: string): void {
  const closed = open.pop();
  if (closed === undefined || closed.name !== name) throw new XmlProblem('not well formed');
  open.at(-1)?.children.push(closed);
}

function inner(value: XmlValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return escapeXml(String(value));
  return Object.entries(value as XmlTree)
    .map(([name, content]) => written(name, content))
    .join('');
}

function written(name: string, content: XmlValue): string {
  if (content === null || content === undefined) return '';
  if (Array.isArray(content)) return content.map((one: XmlValue) => written(name, one)).join('');
  return `<${name}>${inner(content)}</${name}>`;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replaceAll(/&(#x[\da-f]+|#\d+|\w+);/gi, (_, what: string) => {
    if (what.startsWith('#x')) return String.fromCodePoint(Number.parseInt(what.slice(2), 16));
    if (what.startsWith('#')) return String.fromCodePoint(Number(what.slice(1)));
    const known = entities[what];
    if (known === undefined) throw new XmlProblem(`&${what}; is not known`);
    return known;
  });
}
