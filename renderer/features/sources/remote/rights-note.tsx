/** What a source elsewhere needs of rights, and what it does not. */
import { useLive } from '../../../client/live-store.ts';
import { Notice } from '../../../components/error-notice.tsx';

/** Protecting reads; whoever restores is asked anew. */
export function RightsNote({ github = false }: { readonly github?: boolean }) {
  return (
    <Notice tone="none" title="A token that can only read is enough">
      {github
        ? 'Fine-grained: contents, metadata, issues, pull requests and administration, each read-only. '
        : 'The right to read the repositories is all that a run needs. '}
      Holdfast never writes to the server while it protects. To restore there, a token that may write is asked for then,
      and is not kept.
    </Notice>
  );
}

/** Said where this machine has no place to keep a secret; nothing otherwise. */
export function NoSecretStore() {
  const known = useLive((live) => live.engine !== null);
  const store = useLive((live) => live.engine?.secretStore ?? null);
  if (!known || store !== null) return null;
  return (
    <Notice tone="part" title="This engine can keep no secrets">
      Scheduled runs would have none to use. The desktop program keeps secrets in the keychain;{' '}
      <code>holdfast serve</code> does in a sealed file when it is started with <code>HOLDFAST_PASSPHRASE</code>.
      Without either, add the source with the command: then each run reads the secret from the environment variable that
      the command names.
    </Notice>
  );
}
