import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { madePages } from '../../../packaging/docs/pages.ts';
import { errorCatalog } from '../../../shared/model/errors.ts';
import { commandsOn, problemsOf } from '../../support/docs/commands.ts';
import { readPage, slugOf } from '../../support/docs/markdown.ts';

const checkout = join(import.meta.dirname, '../../..');
const paths = [...globSync('*.md', { cwd: checkout }), ...globSync('docs/**/*.md', { cwd: checkout })].sort();
const pages = paths.map((path) => readPage(join(checkout, path)));
const named = pages.map((page) => ({ name: relative(checkout, page.path), page }));
const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

const made = await madePages();

describe('the documentation', () => {
  test.each(named)('$name: every link leads somewhere', ({ page }) => {
    expect(
      page.links.filter((link) => !/^(?:https?|mailto):/.test(link)).filter((link) => !leads(page.path, link)),
    ).toEqual([]);
  });

  test.each(named)('$name: every command is one that Holdfast has', async ({ page }) => {
    const wrong: Record<string, string[]> = {};
    for (const command of commandsOn(page)) {
      const problems = await problemsOf(command);
      if (problems.length > 0) wrong[command.text] = problems;
    }
    expect(wrong).toEqual({});
  });

  test.each(named)('$name: every script of npm exists', ({ page }) => {
    const text = readFileSync(page.path, 'utf8');
    const scriptsNamed = [...text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g)].map(
      ([, script = '']) => script,
    );
    expect(scriptsNamed.filter((script) => scripts[script] === undefined)).toEqual([]);
  });

  test.each(made.map(({ path, text }) => ({ name: relative(checkout, path), path, text })))(
    '$name is as `npm run docs` makes it',
    ({ path, text }) => {
      // As a whole it would be printed as a whole.
      const is = readFileSync(path, 'utf8').split('\n');
      const differs = text.split('\n').findIndex((line, at) => line !== is[at]);
      expect({ differs, at: is[differs], lines: is.length }).toEqual({
        differs: -1,
        at: undefined,
        lines: text.split('\n').length,
      });
    },
  );

  test('is listed in docs/README.md, page by page', () => {
    const index = readPage(join(checkout, 'docs', 'README.md'));
    const linked = new Set(index.links.map((link) => resolve(dirname(index.path), link.replace(/#.*/, ''))));
    const missing = pages.filter(
      ({ path }) => path !== index.path && /docs\//.test(relative(checkout, path)) && !linked.has(path),
    );
    expect(
      missing.map(({ path }) => relative(checkout, path)),
      'run `npm run docs`',
    ).toEqual([]);
  });

  test('has a chapter for every code of a failure, and the sentences of failures name commands that exist', async () => {
    const codes = readPage(join(checkout, 'docs', 'TROUBLESHOOTING.md'));
    expect(Object.keys(errorCatalog).filter((code) => !codes.anchors.has(slugOf(code)))).toEqual([]);
    const spans = Object.values(errorCatalog).flatMap(({ meaning, action }) =>
      [...`${meaning} ${action}`.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span),
    );
    expect(spans.length).toBeGreaterThan(50);
    for (const command of commandsOn({ blocks: [], spans }))
      expect(await problemsOf(command), command.text).toEqual([]);
  });
});

function leads(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : resolve(dirname(from), decodeURIComponent(path));
  if (!existsSync(target)) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor);
}

function anchorsOf(target: string): ReadonlySet<string> {
  return (pages.find(({ path }) => path === target) ?? readPage(target)).anchors;
}

describe('what holds the pages against the commands', () => {
  const wrong = async (text: string, typed = true): Promise<string[]> => {
    const [command] = commandsOn(
      typed ? { blocks: [{ language: 'sh', lines: [text] }], spans: [] } : { blocks: [], spans: [text] },
    );
    return command === undefined ? ['no command'] : problemsOf(command);
  };

  test.each([
    'holdfast protect ~/Documents --exclude "*.tmp" # daily',
    'HOLDFAST_HOME=/tmp/x npm run -s holdfast -- snapshots --json | jq .',
    'holdfast plan list | show <name>              holdfast plan check <name>',
    'holdfast evidence list|show|export',
    'sudo holdfast --json status',
  ])('lets pass what is right: %s', async (text) => expect(await wrong(text)).toEqual([]));

  test.each([
    ['holdfast protct ~/Documents', 'has no command `protct`'],
    ['holdfast protect ~/Documents --exlude x', 'has no option `--exlude`'],
    ['holdfast plan list | show <name> --nothing', 'has no option `--nothing`'],
    ['holdfast plan lst|show', 'has no command `lst`'],
    ['holdfast restore latest extra --to', 'argument missing'],
    ['holdfast prune superfluous', 'too many arguments'],
  ])('finds what is wrong: %s', async (text, problem) => expect((await wrong(text)).join()).toContain(problem));
});
