/** Protected branches, by a hook that refuses what GitHub refuses and in its words. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BareRepository } from './bare.ts';

/** git calls it with the ref, what it points to and what it is to point to. */
const hook = `#!/bin/sh
git config --get-all sandbox.protected | grep -Fqx -- "$1" || exit 0
is_none() { test -z "$(printf %s "$1" | tr -d 0)"; }
if is_none "$2"; then exit 0; fi
if ! is_none "$3" && git merge-base --is-ancestor "$2" "$3"; then exit 0; fi
echo "error: GH006: Protected branch update failed for $1." >&2
exit 1
`;

/** A branch that can be neither deleted nor pushed over by force. */
export function refuseForcedPushes(bare: BareRepository, branch: string): void {
  const hooks = join(bare.path, 'hooks');
  mkdirSync(hooks, { recursive: true });
  writeFileSync(join(hooks, 'update'), hook, { mode: 0o755 });
  bare.git(['config', '--add', 'sandbox.protected', `refs/heads/${branch}`]);
}
