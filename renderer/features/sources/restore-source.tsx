/** From a source to its restore, whatever it is made of. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { CallName } from '../../../shared/contract/rights.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import { May } from '../../client/may.tsx';

type Way = { readonly call: CallName; readonly go: () => void };

export function RestoreSource({ source }: { readonly source: SourceState }) {
  const { call, go } = useWay(source);
  return (
    <May call={call}>
      <Button
        disabled={source.newest === null}
        title={source.newest === null ? 'It has no snapshot yet.' : undefined}
        onClick={go}
      >
        Restore…
      </Button>
    </May>
  );
}

function useWay({ name, kind, hostname, newest, registered }: SourceState): Way {
  const navigate = useNavigate();
  switch (kind) {
    case 'git':
    case 'github':
      return { call: 'git.restore', go: () => void navigate({ to: '/recovery/git', search: { source: name } }) };
    case 's3-bucket': {
      if (registered?.kind !== 's3-bucket') break;
      const search = { source: name, bucket: registered.bucket, ...placeOf(registered) };
      return { call: 'buckets.create', go: () => void navigate({ to: '/recovery/bucket', search }) };
    }
    case 'ec2': {
      const place = registered?.kind === 'ec2' ? placeOf(registered) : {};
      const search = { point: newest?.snapshot ?? '', ...place };
      return { call: 'awsRestores.create', go: () => void navigate({ to: '/recovery/aws', search }) };
    }
  }
  const search = { source: name, host: hostname };
  return { call: 'restoreRuns.create', go: () => void navigate({ to: '/recovery/restore', search }) };
}

function placeOf({ account, region }: { readonly account: string | null; readonly region: string | null }) {
  return { ...(account === null ? {} : { account }), ...(region === null ? {} : { region }) };
}
