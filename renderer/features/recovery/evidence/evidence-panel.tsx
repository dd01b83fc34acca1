/** Where evidence and the audit log are found from. */
import { Link } from '@tanstack/react-router';
import { May } from '../../../client/may.tsx';
import { Panel } from '../../../components/page.tsx';
import styles from '../recovery.module.css';

export function EvidencePanel() {
  return (
    <Panel title="Evidence">
      <div className={styles['words']}>
        Each restore, drill, failover and repair leaves a signed record: who, what, when, and what was verified.
      </div>
      <div className={styles['actions']}>
        <Link to="/recovery/evidence" search={{}}>
          Records
        </Link>
        <Link to="/recovery/compliance">Compliance</Link>
        <May call="evidence.calls">
          <Link to="/recovery/audit" search={{}}>
            Audit log
          </Link>
        </May>
      </div>
    </Panel>
  );
}

/** To the record of a run that has ended; nothing where it left none. */
export function EvidenceLink({ record }: { readonly record: string }) {
  return (
    <Link to="/recovery/evidence/$record" params={{ record }}>
      Evidence record
    </Link>
  );
}
