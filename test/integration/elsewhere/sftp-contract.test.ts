import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import { withRetry } from '../../../electron/engine/repository/backend/retry.ts';
import { describeBackend } from '../../support/backend-contract.ts';
import { makeSftpPlace } from '../../support/sftp-place.ts';

describeBackend('a folder behind SSH', async () => {
  const place = await makeSftpPlace();
  return { ...place, backend: withRetry(withFaults(place.backend, {})) };
});
