/** octokit as the sandboxed GitHub is asked by: what goes wrong is seen at once, and not tried again. */
import { Octokit } from 'octokit';
import { type SandboxGitHub } from '../../electron/sandbox/github/github.ts';

/** Without a token: as anybody. */
export function octokitOf({ api }: SandboxGitHub, auth?: string): Octokit {
  return new Octokit({
    baseUrl: api,
    ...(auth !== undefined && { auth }),
    retry: { enabled: false },
    throttle: { enabled: false },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
}

function quiet(): void {
  // What a test provokes is looked at by the test.
}
