/** What the front door and the services behind it say to each other. */
import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { type AuthProblem } from './identity/signature.ts';
import { type Identity } from './identity/identities.ts';

export type ServiceName = 's3' | 'ec2' | 'ebs' | 'sts' | 'kms' | 'servicequotas' | 'ssm';

export type Asked = {
  readonly method: string;
  /** As it was sent: still encoded, nothing resolved in it. */
  readonly path: string;
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly request: IncomingMessage;
  /** Empty where the service reads it itself. */
  readonly body: Buffer;
};

export type Call = Asked & {
  readonly caller: Identity;
  readonly region: string;
  readonly requestId: string;
  /** Whether the caller may do something else too, such as `s3:BypassGovernanceRetention`. */
  may(action: string): boolean;
  /** Checks the signature of one piece of a body that is signed in pieces; gives what the next one builds on. */
  readonly seal: ChunkSeal | null;
};

/** The signature that the pieces of a streamed body build on. */
export interface ChunkSeal {
  /** Whether `signature` is that of the next piece with the SHA-256 `hash`. */
  next(hash: string, signature: string): boolean;
  trailer(hash: string, signature: string): boolean;
}

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array | Readable;
};

export type Operation = {
  /** As AWS names it: `GetObject`. */
  readonly name: string;
  /** What IAM calls the right to it: `s3:GetObjectVersion`. Null: everybody who is somebody may. */
  readonly action: string | null;
  answer(call: Call): Answer | Promise<Answer>;
};

export interface Service {
  readonly name: ServiceName;
  /** Whether bodies are read by its operations, piece by piece. */
  readonly readsBodies: boolean;
  /** Throws a `Refusal` for what it does not know. */
  operation(asked: Asked): Operation;
  /** What goes wrong with a signature, in the service's words. */
  unproven(problem: AuthProblem): Refusal;
  denied(caller: Identity, operation: Operation, asked: Asked): Refusal;
  throttled(): Refusal;
  refuse(refusal: Refusal, requestId: string, asked: Asked): Answer;
}

/** Thrown anywhere on the way to an answer, and becomes it in the shape of the service. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** More that belongs to the error: `Key`, `Region`, `Reason`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly fields?: Record<string, string>; readonly headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = more.fields ?? {};
    this.headers = more.headers ?? {};
  }
}
