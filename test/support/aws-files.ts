/** The AWS files of a machine, and no AWS environment, for the length of a test that takes its stubs away. */
import { writeFileSync } from 'node:fs';
import { vi } from 'vitest';
import type { Workspace } from './workspace.ts';

const cleared = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_PROFILE',
  'AWS_ENDPOINT_URL',
  'AWS_CREDENTIAL_EXPIRATION',
];

export function awsFiles(
  workspace: Workspace,
  { config = '', credentials = '' }: { readonly config?: string; readonly credentials?: string },
): void {
  for (const name of cleared) vi.stubEnv(name, undefined);
  // Nothing answers where a machine of AWS asks about itself.
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  for (const [variable, name, text] of [
    ['AWS_CONFIG_FILE', 'aws-config', config],
    ['AWS_SHARED_CREDENTIALS_FILE', 'aws-credentials', credentials],
  ] as const) {
    writeFileSync(workspace.path(name), text);
    vi.stubEnv(variable, workspace.path(name));
  }
}
