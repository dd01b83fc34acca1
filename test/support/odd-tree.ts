/** A folder with everything a file system can hold, for a backup program to trip over. */
import { createHash } from 'node:crypto';
import { chmod, link, lchown, mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { makeNode, setAttribute, setTimes } from './libc.ts';
import { mustRun } from './processes.ts';

export type OddTreeOptions = {
  /** Apparent size of the sparse file; only a few islands of it hold data. */
  readonly sparseBytes?: number;
  /** Many small files, a hundred to a folder. */
  readonly smallFiles?: number;
  /** Files in one folder. */
  readonly wideFiles?: number;
  /** Leave out the files of 8 MiB and more. */
  readonly noLargeFiles?: boolean;
};

const kib = 1024;
const mib = 1024 * kib;
const isRoot = process.getuid?.() === 0;

/** Fills an existing empty folder. What needs root (devices, owners) is left out for other users. */
export async function makeOddTree(root: string, options: OddTreeOptions = {}): Promise<void> {
  const tree = new TreeMaker(Buffer.from(root));
  await makeNames(tree);
  await makeContents(tree, options);
  await makeLinks(tree);
  await makeSpecialFiles(tree);
  await makeAttributes(tree);
  await makeModes(tree);
  await makeTimes(tree);
  if (isRoot) await makeOwners(tree);
  await makeSmallFiles(tree.at('many'), options.smallFiles ?? 300);
  await makeWideFolder(tree.at('wide'), options.wideFiles ?? 300);
  await tree.attribute('.', 'user.root-note', Buffer.from('the root itself has metadata too'));
  await tree.mode('.', 0o751);
  tree.settleTimes();
}

/** Repeatable bytes that do not compress: a stream of hashes. */
export function noise(length: number, seed: string): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest();
}

export async function makeSmallFiles(root: Buffer, count: number): Promise<void> {
  await mkdir(root);
  for (let folder = 0; folder * 100 < count; folder++) {
    const inside = join(root, Buffer.from(`folder-${folder}`));
    await mkdir(inside);
    const here = Math.min(100, count - folder * 100);
    await writeMany(inside, here, (index) => Buffer.from(`small file ${folder}/${index}\n`.repeat((index % 40) + 1)));
  }
}

export async function makeWideFolder(root: Buffer, count: number): Promise<void> {
  await mkdir(root);
  await writeMany(root, count, (index) => Buffer.from(`wide ${index}`));
}

async function writeMany(folder: Buffer, count: number, content: (index: number) => Buffer): Promise<void> {
  for (let first = 0; first < count; first += 100) {
    const batch = Array.from({ length: Math.min(100, count - first) }, (_, index) => first + index);
    await Promise.all(batch.map((index) => writeFile(join(folder, Buffer.from(`file-${index}`)), content(index))));
  }
}

async function makeNames(tree: TreeMaker): Promise<void> {
  const text = [
    ['two\nlines', 'quo"ted', "single'quoted", 'back\\slash', 'back\\x41slash', '\\xff', '\\u0041', 'tab\tbed'],
    ['line\u2028separator', 'paragraph\u2029separator', 'next\u0085line', 'soft\u00adhyphen', '\ufeffmark', '\u200b'],
    ['\u0001\u0007\u001b[31m', '\u007f', '😀 emoji', '👩‍👩‍👧‍👦', 'e\u0301 decomposed', 'é composed', '\u{10ffff}', '\ufffd'],
    ['-rf', '--help', ' ', '   ', ' leading', 'trailing ', '.hidden', '...', '~', '*', '?', '[a]', '$HOME', '`id`'],
    ['%s', '&amp;', '<script>', 'a:b', 'a;b', 'CON', 'nul.txt', 'a'.repeat(255), 'ü'.repeat(127), '名'.repeat(85)],
  ];
  const notText = [
    Buffer.from('caf\xe9 latin1', 'latin1'),
    Buffer.from([0xff, 0xfe, 0x80]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0x61, 0xc0, 0xaf, 0x62]),
    Buffer.concat([Buffer.alloc(254, 0x62), Buffer.of(0xff)]),
  ];
  const names = [...notText, ...text.flat().map((name) => Buffer.from(name))];
  for (const name of names) {
    await tree.file(Buffer.concat([Buffer.from('names/'), name]), Buffer.concat([Buffer.from('content of '), name]));
  }
  await tree.file(Buffer.from('folders/f\xf6lder\n"\\/inside', 'latin1'), Buffer.from('below an odd folder'));
  await tree.file(`folders/${'d'.repeat(255)}/${'e'.repeat(255)}/${'f'.repeat(255)}/deep`, Buffer.from('long path'));
  await tree.file(`folders/${'n/'.repeat(120)}nested`, Buffer.from('120 levels'));
  // Sorted by bytes, `a.b` stands before `a/…`, and `Z` before `a`.
  for (const name of ['a', 'a.b', 'a-b', 'a b', 'Z', 'ab', 'a\u00e9', 'A'])
    await tree.file(`order/${name}`, Buffer.from(name));
}

async function makeContents(tree: TreeMaker, options: OddTreeOptions): Promise<void> {
  await tree.file('contents/empty', Buffer.alloc(0));
  await tree.folder('contents/empty folder/nothing in it');
  for (const size of [1, 15, 16, 17, 4095, 4096, 4097])
    await tree.file(`contents/size-${size}`, noise(size, `${size}`));
  const limits = options.noLargeFiles ? [512 * kib, mib] : [512 * kib, mib, 8 * mib];
  for (const limit of limits) {
    for (const size of [limit - 1, limit, limit + 1])
      await tree.file(`contents/limit-${size}`, noise(size, `${limit}`));
  }
  if (!options.noLargeFiles) {
    await tree.file('contents/large-noise', noise(20 * mib, 'large'));
    await tree.file('contents/large-zeros', Buffer.alloc(20 * mib));
    await tree.file('contents/large-text', Buffer.from('All work and no play makes a dull file.\n'.repeat(500_000)));
    await tree.file('contents/large-noise-shifted', Buffer.concat([Buffer.from('shifted'), noise(20 * mib, 'large')]));
  }
  await tree.file('contents/same-1', Buffer.from('the same content twice'));
  await tree.file('contents/same-2', Buffer.from('the same content twice'));
  await makeSparseFiles(tree, options.sparseBytes ?? 64 * mib);
}

/** Islands of data at the start, at odd offsets inside, and at the very end; one file that is a hole altogether. */
async function makeSparseFiles(tree: TreeMaker, size: number): Promise<void> {
  const path = await tree.file('sparse/islands', Buffer.alloc(0));
  await using file = await open(path, 'r+');
  await file.truncate(size);
  const islands = [0, Math.floor(size / 3 / 4096) * 4096, Math.floor(size / 2) + 1234, size - 5];
  for (const [index, offset] of islands.entries()) {
    const island = noise(Math.min(70_000, size - offset), `island ${index}`);
    await file.write(island, 0, island.length, offset);
  }
  const hole = await tree.file('sparse/hole only', Buffer.alloc(0));
  await using empty = await open(hole, 'r+');
  await empty.truncate(3 * mib + 1);
}

async function makeLinks(tree: TreeMaker): Promise<void> {
  await tree.file('links/one', Buffer.from('one content under three names'));
  await tree.hardLink('links/one', 'links/two');
  await tree.hardLink('links/one', 'links/elsewhere/three');
  await tree.file('links/empty', Buffer.alloc(0));
  await tree.hardLink('links/empty', 'links/elsewhere/empty too');
  await tree.symlink('links/dangling', 'nowhere/at all');
  await tree.symlink('links/absolute', '/etc/hostname');
  await tree.symlink('links/loop', 'loop');
  await tree.symlink('links/to parent', '..');
  await tree.symlink('links/to folder', 'elsewhere');
  await tree.symlink('links/odd text', 'quo"te\nnew\\line \u2028 😀');
  await tree.symlink('links/long', 'x'.repeat(4000));
  await tree.symlink('links/not utf-8', Buffer.from([0x2e, 0x2f, 0xff, 0xfe, 0x41]));
}

async function makeSpecialFiles(tree: TreeMaker): Promise<void> {
  await tree.node('special/fifo', 'fifo', 0o640);
  await tree.node('special/socket', 'socket', 0o600);
  if (!isRoot) return;
  await tree.node('special/character', 'character', 0o620, { major: 1, minor: 3 });
  await tree.node('special/block', 'block', 0o660, { major: 259, minor: 70_001 });
}

async function makeAttributes(tree: TreeMaker): Promise<void> {
  await tree.file('attributes/file', Buffer.from('has attributes'));
  await tree.attribute('attributes/file', 'user.text', Buffer.from('plain'));
  await tree.attribute('attributes/file', 'user.empty', Buffer.alloc(0));
  await tree.attribute('attributes/file', 'user.binary', Buffer.from([0, 1, 0x0a, 0x22, 0x5c, 0xff, 0]));
  await tree.attribute('attributes/file', 'user.long', noise(1500, 'attribute'));
  await tree.attribute('attributes/file', 'user.näme', Buffer.from('name with a letter'));
  await tree.folder('attributes/folder');
  await tree.attribute('attributes/folder', 'user.folder', Buffer.from('of a folder'));
  await tree.file('attributes/acl', Buffer.from('has an access list'));
  await mustRun('setfacl', ['-m', 'u:1234:rw,g:4321:r,m:rw', tree.at('attributes/acl').toString()]);
  await tree.folder('attributes/acl folder');
  await mustRun('setfacl', ['-d', '-m', 'u:1234:rwx,o:-', tree.at('attributes/acl folder').toString()]);
  await tree.file('attributes/acl folder/inherits', Buffer.from('inherited'));
}

async function makeModes(tree: TreeMaker): Promise<void> {
  const modes = [0o000, 0o200, 0o400, 0o444, 0o600, 0o777, 0o4755, 0o2755, 0o1755, 0o6711, 0o7777];
  for (const mode of modes) {
    const name = `modes/file-${mode.toString(8).padStart(4, '0')}`;
    await tree.file(name, Buffer.from(name));
    await tree.mode(name, mode);
  }
  for (const mode of [0o500, 0o1777, 0o2775, 0o3770, 0o555]) {
    const name = `modes/folder-${mode.toString(8).padStart(4, '0')}`;
    await tree.file(`${name}/inside`, Buffer.from(name));
    await tree.mode(name, mode);
  }
}

async function makeTimes(tree: TreeMaker): Promise<void> {
  const times: Readonly<Record<string, bigint>> = {
    nanoseconds: 1_600_000_000_123_456_789n,
    'one nanosecond': 1_600_000_000_000_000_001n,
    'whole second': 1_600_000_000_000_000_000n,
    epoch: 0n,
    'just before 1970': -1n,
    'long before 1970': -1_000_000_000_000_000_001n,
    '2200': 7_258_118_400_987_654_321n,
  };
  for (const [name, time] of Object.entries(times)) {
    await tree.file(`times/${name}`, Buffer.from(name));
    tree.time(`times/${name}`, time);
    await tree.folder(`times/folder ${name}`);
    tree.time(`times/folder ${name}`, time);
    await tree.symlink(`times/link ${name}`, name);
    tree.time(`times/link ${name}`, time);
  }
}

async function makeOwners(tree: TreeMaker): Promise<void> {
  await tree.file('owners/user', Buffer.from('of user 1234'));
  await tree.owner('owners/user', 1234, 4321);
  await tree.file('owners/large ids', Buffer.from('of a user with a large number'));
  await tree.owner('owners/large ids', 4_000_000_000, 4_000_000_001);
  await tree.symlink('owners/link', 'user');
  await tree.owner('owners/link', 1234, 4321);
  await tree.file('owners/set-uid', Buffer.from('a change of owner clears these bits'));
  await tree.owner('owners/set-uid', 1234, 4321);
  await tree.mode('owners/set-uid', 0o6755);
  await tree.folder('owners/folder');
  await tree.owner('owners/folder', 1234, 4321);
}

type Name = string | Buffer;

/** Makes things below a root by relative name, with their parent folders; folders get odd times at the end. */
class TreeMaker {
  readonly #root: Buffer;
  readonly #folders = new Map<string, Buffer>();
  readonly #times = new Map<string, bigint>();

  constructor(root: Buffer) {
    this.#root = root;
  }

  at(name: Name): Buffer {
    return join(this.#root, Buffer.from(name));
  }

  async file(name: Name, content: Buffer): Promise<Buffer> {
    const path = await this.#inFolder(name);
    await writeFile(path, content);
    return path;
  }

  async folder(name: Name): Promise<void> {
    const path = this.at(name);
    await mkdir(path, { recursive: true });
    this.#note(path);
  }

  async hardLink(existing: Name, name: Name): Promise<void> {
    await link(this.at(existing), await this.#inFolder(name));
  }

  async symlink(name: Name, target: Name): Promise<void> {
    await symlink(Buffer.from(target), await this.#inFolder(name));
  }

  async node(
    name: Name,
    type: Parameters<typeof makeNode>[1],
    mode: number,
    device?: { major: number; minor: number },
  ) {
    const path = await this.#inFolder(name);
    makeNode(path, type, mode, device);
    await chmod(path, mode);
  }

  async attribute(name: Name, attribute: string, value: Buffer): Promise<void> {
    setAttribute(this.at(name), attribute, value);
  }

  async mode(name: Name, mode: number): Promise<void> {
    await chmod(this.at(name), mode);
  }

  async owner(name: Name, uid: number, gid: number): Promise<void> {
    await lchown(this.at(name), uid, gid);
  }

  time(name: Name, nanoseconds: bigint): void {
    this.#times.set(this.at(name).toString('latin1'), nanoseconds);
  }

  /** Sets all times last, deepest first: making a thing touches its folder. */
  settleTimes(): void {
    let next = 1_500_000_000_000_000_007n;
    for (const folder of this.#folders.keys()) {
      if (!this.#times.has(folder)) this.#times.set(folder, next);
      next += 86_400_000_000_001n;
    }
    const deepestFirst = [...this.#times].sort(([a], [b]) => b.length - a.length);
    for (const [path, time] of deepestFirst) setTimes(Buffer.from(path, 'latin1'), time);
  }

  async #inFolder(name: Name): Promise<Buffer> {
    const path = this.at(name);
    const folder = path.subarray(0, path.lastIndexOf(0x2f));
    await mkdir(folder, { recursive: true });
    this.#note(folder);
    return path;
  }

  #note(folder: Buffer): void {
    for (let end = folder.length; end >= this.#root.length; end = folder.subarray(0, end).lastIndexOf(0x2f)) {
      const path = folder.subarray(0, end);
      this.#folders.set(path.toString('latin1'), path);
    }
  }
}

function join(folder: Buffer, name: Buffer): Buffer {
  return name.equals(Buffer.from('.')) ? folder : Buffer.concat([folder, Buffer.from('/'), name]);
}
