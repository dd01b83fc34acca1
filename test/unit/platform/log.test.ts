import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crashReports, writeCrashReport } from '../../../electron/engine/platform/crash-report.ts';
import { lastLogLines, openLog } from '../../../electron/engine/platform/log.ts';
import { Pseudonyms } from '../../../electron/engine/platform/pseudonyms.ts';
import { redactText } from '../../../electron/engine/platform/redact.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const secret = 'Tr0ub4dor-and-3';

describe('the log', () => {
  test('holds no secret, whichever way it came in', async () => {
    await using workspace = await makeWorkspace();
    const folder = workspace.path('logs');
    const log = openLog({ folder, level: 'info' });
    const cause = new Error(`connect https://alice:${secret}@nas/backup failed`);
    log.info('A call was made.', {
      input: { repository: { location: '/srv', password: secret }, newPassword: secret, list: [{ apiKey: secret }] },
      headers: { authorization: `Bearer ${secret}`, Cookie: `session=${secret}`, 'x-token': secret },
      recoveryPassphrase: secret,
    });
    log.error(`password=${secret} and {"token": "${secret}"}`, {
      error: new Error(`HOLDFAST_PASSWORD=${secret} holdfast`, { cause }),
      bytes: Buffer.from(secret),
      text: `Authorization: Basic ${secret}`,
    });
    log.close();
    const text = readFileSync(join(folder, 'engine.log'), 'utf8');
    expect(text.split('\n').filter(Boolean)).toHaveLength(2);
    expect(text).toContain('/srv');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
  });

  test('is for its owner alone, and of bounded size', async () => {
    await using workspace = await makeWorkspace();
    const folder = workspace.path('logs');
    for (let opened = 0; opened < 3; opened++) {
      const log = openLog({ folder, level: 'info', maximumBytes: 10_000, keptFiles: 2 });
      for (let line = 0; line < 200; line++) log.warn('Something happened.', { line, opened });
      log.close();
    }
    const names = readdirSync(folder).toSorted();
    expect(names).toEqual(['engine.log', 'engine.log.1', 'engine.log.2']);
    for (const name of names) {
      const { size, mode } = statSync(join(folder, name));
      expect(size).toBeLessThanOrEqual(10_000);
      expect(mode & 0o777).toBe(0o600);
    }
    const last = lastLogLines(folder, 5).map((line) => JSON.parse(line) as { line: number });
    expect(last.map(({ line }) => line)).toEqual([195, 196, 197, 198, 199]);
  });

  test('that cannot be written stops nobody', async () => {
    await using workspace = await makeWorkspace();
    writeFileSync(workspace.path('file'), '');
    const log = openLog({ folder: workspace.path('file'), level: 'info' });
    expect(() => log.error('Nobody reads this.')).not.toThrow();
    log.close();
  });
});

test('crash reports are few, for their owner alone, and without secrets', async () => {
  await using workspace = await makeWorkspace();
  const folder = workspace.path('crashes');
  for (let at = 0; at < 13; at++) {
    const file = writeCrashReport(folder, new Error(`fault ${at}, password: ${secret}`), { version: '1', at });
    expect(statSync(file ?? '').mode & 0o777).toBe(0o600);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(readdirSync(folder)).toHaveLength(10);
  expect(JSON.stringify(crashReports(folder, 10))).not.toContain(secret);
  expect(JSON.stringify(crashReports(folder, 1))).toContain('fault 12');
});

describe('a text for a stranger', () => {
  const names = new Pseudonyms(Buffer.alloc(32, 7), ['payroll-db', 'ops-laptop', 'alice']);

  test.each([
    "EACCES: permission denied, open '/home/alice/My Documents/tax.pdf'",
    'The folder /srv/secret project/plans is not there.',
    'Snapshot of payroll-db on ops-laptop, taken by alice: /srv/secret project could not be read',
    'connect to backup.secret.example.com or 10.1.2.3 failed',
    'local:/srv/secret/repository: no such file',
  ])('names nothing in %j', (text) => {
    const shown = names.inText(text);
    expect(shown).not.toMatch(/secret|alice|payroll|laptop|tax|Documents|project|10\.1\.2\.3/);
    expect(names.inText(text)).toBe(shown);
  });
});

test('what only looks like a secret stays', () => {
  expect(redactText('The password does not open /srv/repository.')).toBe('The password does not open /srv/repository.');
});
