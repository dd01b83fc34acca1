import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import { withRetry } from '../../../electron/engine/repository/backend/retry.ts';
import { describeBackend } from '../../support/backend-contract.ts';
import { describePeer } from '../../support/peers.ts';
import { makeSftpPlace } from '../../support/sftp-place.ts';

describePeer('sshd', 'over SSH', () => {
  describeBackend('a folder behind SSH', async () => {
    const place = await makeSftpPlace();
    return { ...place, backend: withRetry(withFaults(place.backend, {})) };
  });
});
