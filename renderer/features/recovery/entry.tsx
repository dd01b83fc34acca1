/** Recovery: the screens' entry. */
export { RecoveryScreen } from './recovery-screen.tsx';
export { RestoreScreen } from './restore-screen.tsx';
export { RunScreen } from './run-screen.tsx';
export { GitRestoreScreen } from './git/git-restore-screen.tsx';
export { BucketRestoreScreen } from './bucket/bucket-restore-screen.tsx';
export { AwsRestoreScreen } from './aws/aws-restore-screen.tsx';
