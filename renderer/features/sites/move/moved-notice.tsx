/** Says that protection is not where it was before a move, and leads back. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { useMoveStatus } from '../../../client/sites.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { visibleText } from '../../../components/visible-text.ts';

export function MovedNotice() {
  const navigate = useNavigate();
  const primary = usePrimaryRepository();
  const cameFrom = useMoveStatus().data?.cameFrom ?? null;
  if (cameFrom === null || primary === undefined || cameFrom.connection === primary.id) return null;
  return (
    <Notice
      tone="part"
      title={`Protection goes into ${visibleText(primary.name)} since it was moved`}
      actions={
        <May call="failover.preview">
          <Button onClick={() => void navigate({ to: '/sites/protection/move', search: { to: cameFrom.connection } })}>
            Look ahead to the way back…
          </Button>
        </May>
      }
    >
      It was in {visibleText(cameFrom.name)} before. Moving back copies there what was taken meanwhile.
    </Notice>
  );
}
