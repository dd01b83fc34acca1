/** What a test or the demo says when it sets up the sandboxed AWS: plain data, all of it with defaults. */
import { type Policy } from './identity/policies.ts';
import { type ServiceName } from './service.ts';

export type UserOptions = {
  /** Everything by default. */
  readonly policy?: Policy;
  /** The device, and the code it shows for ever. */
  readonly mfa?: { readonly serial: string; readonly code: string };
};

export type RoleOptions = {
  /** Accounts or ARNs that may take it on; its own account by default. */
  readonly trusts?: readonly string[];
  readonly externalId?: string;
  readonly needsMfa?: boolean;
  readonly policy?: Policy;
};

export type SandboxAwsOptions = {
  /** Where contents of objects and of blocks are kept; who gives it removes it. In memory by default, which is bounded. */
  readonly folder?: string;
  /** `eu-central-1` and `us-east-1` by default. */
  readonly regions?: readonly string[];
  /** Of chance in faults. */
  readonly seed?: number;
};

export type Request = {
  readonly service: ServiceName;
  /** Null: it was none that is known. */
  readonly operation: string | null;
  readonly region: string;
  readonly accessKeyId: string | null;
  readonly method: string;
  /** With the query, as it was asked. */
  readonly path: string;
  /** It was only tried out. */
  readonly isTrial: boolean;
};
