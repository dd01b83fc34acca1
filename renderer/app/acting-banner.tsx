/** Says on every screen whose things they are, while an operator acts for a tenant. */
import { Button } from '@mantine/core';
import { actFor } from '../client/acting.ts';
import { useMe } from '../client/me.ts';
import { visibleText } from '../components/visible-text.ts';
import styles from './shell.module.css';

export function ActingBanner() {
  const { data } = useMe();
  if (data?.acting !== true) return null;
  return (
    <div className={styles['banner']} role="region" aria-label="Acting for a tenant">
      <span>
        <b>You act for {visibleText(data.tenantTitle ?? data.tenant)}.</b> Records name you for what you do here.
      </span>
      <Button size="compact-xs" onClick={() => actFor(null)}>
        Back to your own
      </Button>
    </div>
  );
}
