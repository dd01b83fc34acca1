/** octokit as the sandboxed GitHub is asked by: what goes wrong is seen at once, and not tried again. */
import { Octokit } from 'octokit';
import { type SandboxGitHub } from '../../electron/sandbox/github/github.ts';

export const OctokitHere = Octokit.defaults({
  retry: { enabled: false },
  throttle: { enabled: false },
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
});

/** Without a token: as anybody. */
export function octokitOf({ api }: SandboxGitHub, auth?: string): Octokit {
  return new OctokitHere({ baseUrl: api, ...(auth !== undefined && { auth }) });
}

function quiet(): void {
  // What a test provokes is looked at by the test.
}
