/** Extended attributes of a whole folder, asked from `getfattr` so that no code of ours vouches for itself. */
import { spawnSync } from 'node:child_process';

/** Path below the root (bytes as latin1, the root is ``) to its attributes: name to value in hexadecimal. */
export function readAttributes(root: string): Map<string, Record<string, string>> {
  const args = ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '--absolute-names', '--', root];
  const { status, stdout, stderr, error } = spawnSync('getfattr', args, { maxBuffer: 1024 ** 3 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`getfattr ${root}: ${stderr.toString()}`);
  return parseAttributes(stdout.toString('latin1'), Buffer.from(root).toString('latin1'));
}

/** Blocks of `# file: <path>`, then `name=0xvalue` lines; bytes that could confuse stand as `\ooo`. */
function parseAttributes(text: string, root: string): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  for (const block of text.split('\n\n')) {
    const [heading, ...lines] = block.split('\n');
    if (heading === undefined || !heading.startsWith('# file: ')) continue;
    const path = unescape(heading.slice('# file: '.length));
    const attributes: Record<string, string> = {};
    for (const line of lines) {
      const equals = line.lastIndexOf('=');
      // An empty value is printed as `0x`, or by older versions as the bare name.
      if (equals === -1) attributes[line] = '';
      else attributes[line.slice(0, equals)] = line.slice(equals + 1).replace(/^0x/, '');
    }
    delete attributes[''];
    found.set(path === root ? '' : path.slice(root.length + 1), attributes);
  }
  return found;
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
