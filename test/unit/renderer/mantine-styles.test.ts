import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const checkout = join(import.meta.dirname, '../../..');
const styles = readFileSync(join(checkout, 'renderer', 'app', 'mantine-styles.css'), 'utf8');

/** What the page takes of Mantine, where that has styles. */
function components(): string[] {
  const names = globSync('renderer/**/*.tsx', { cwd: checkout }).flatMap((file) => {
    const source = readFileSync(join(checkout, file), 'utf8');
    const taken = [...source.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)];
    return taken.flatMap(([, list = '']) => list.split(',').map((name) => name.trim()));
  });
  const folder = join(checkout, 'node_modules', '@mantine', 'core', 'styles');
  return [...new Set(names)].filter((name) => existsSync(join(folder, `${name}.layer.css`))).toSorted();
}

test('every component of Mantine that is used has its styles', () => {
  expect(components()).toContain('Button');
  for (const name of components()) expect(styles).toContain(`'@mantine/core/styles/${name}.layer.css'`);
});
