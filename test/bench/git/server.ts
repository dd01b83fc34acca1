/**
 * A sandboxed GitHub in a process of its own, so that its work counts for nobody: an organisation with repositories of a
 * few real histories each. Says where it is in one line of JSON, and ends with its standard input.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandboxGitHub } from '../../../electron/sandbox/github/github.ts';

const { values } = parseArgs({
  options: { folder: { type: 'string' }, repositories: { type: 'string' }, commits: { type: 'string' } },
});
const folder = values.folder ?? '';
const histories = 10;

mkdirSync(folder, { recursive: true });
const github = await startSandboxGitHub({ folder });
// Several rounds ask for more than an hour gives, and a run would wait it out.
github.limit({ limit: 1_000_000 });
github.createOwner('acme');
const made: string[] = [];
for (let at = 0; at < Number(values.repositories); at++) {
  const repository = github.createRepository('acme', `service-${String(at).padStart(4, '0')}`, { private: true });
  const from = made[at % histories];
  if (from === undefined) {
    writeHistory(repository.path, at, Number(values.commits));
    made.push(repository.path);
  } else cpSync(from, repository.path, { recursive: true });
  repository.touch();
}
const token = github.addToken({ scopes: 'read' });
process.stdout.write(`${JSON.stringify({ api: github.api, web: github.web, token })}\n`);
process.stdin.resume();
process.stdin.on('end', () => void github[Symbol.asyncDispose]().then(() => process.exit(0)));

/** Source code as it grows: in each commit a few of some forty files change, now and then a branch or a tag. */
function writeHistory(path: string, seed: number, commits: number): void {
  const words: string[] = [];
  let state = seed * 7919 + 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  const author = (at: number) => `author A <a@example.org> ${1_600_000_000 + at * 3600} +0000`;
  const files = new Map<string, string[]>();
  for (let commit = 0; commit < commits; commit++) {
    words.push('commit refs/heads/main', `mark :${commit + 1}`, author(commit).replace('author', 'committer'));
    words.push(...data(`Change ${commit}`), ...(commit === 0 ? [] : [`from :${commit}`]));
    for (let change = 0; change < 1 + next(4); change++) {
      const name = `src/module-${next(6)}/file-${next(7)}.ts`;
      const lines = files.get(name) ?? [];
      for (let line = 0; line < 20; line++) lines[next(200)] = `const value${next(100_000)} = ${next(1_000_000)};`;
      files.set(name, lines);
      words.push(`M 100644 inline ${name}`, ...data(lines.filter((line) => line !== undefined).join('\n')));
    }
    if (commit % 50 === 49) words.push(`reset refs/heads/topic-${commit}`, `from :${commit + 1}`, '');
    if (commit % 40 === 39) words.push(`reset refs/tags/v${commit}`, `from :${commit + 1}`, '');
  }
  words.push('done', '');
  run(path, ['fast-import', '--quiet', '--done'], words.join('\n'));
  run(path, ['repack', '-adq']);
  run(path, ['pack-refs', '--all']);
}

function data(text: string): string[] {
  return [`data ${Buffer.byteLength(text)}`, text];
}

function run(path: string, words: readonly string[], input = ''): void {
  const { status, stderr } = spawnSync('git', ['-C', path, ...words], { input, maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`git ${words[0]} in ${join(path)}: ${stderr.toString()}`);
}
