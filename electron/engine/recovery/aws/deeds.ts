/**
 * What a restore in AWS does, step by step: each is one call that changes something. A name in angle brackets, such as
 * `<volume>`, stands for what the step of that name makes.
 */
import type { UndoResult } from '../../../../shared/contract/restore-runs.ts';
import type { Tag } from '../../aws/lineage.ts';
import type { Ec2Call } from './calls.ts';
import type { Hands } from './hands.ts';

type Of<Name extends string, Fields> = { readonly do: Name; readonly id: string; readonly region: string } & Fields;

export type VolumeSpec = {
  readonly sizeGiB: number;
  readonly type: string;
  readonly iops: number | null;
  readonly throughput: number | null;
  readonly encrypted: boolean;
  readonly kmsKey: string | null;
};

export type LaunchDeed = Of<
  'launch',
  {
    readonly image: string;
    readonly type: string;
    readonly subnet: string;
    readonly groups: readonly string[];
    readonly privateIp: string | null;
    readonly profile: string | null;
    readonly keyPair: string | null;
    readonly withUserData: boolean;
    readonly devices: readonly (VolumeSpec & {
      readonly device: string;
      /** Null: what the image has there. */
      readonly snapshot: string | null;
      readonly deleteOnTermination: boolean;
    })[];
    readonly tags: readonly Tag[];
    readonly tenancy: string;
    readonly placementGroup: string | null;
    readonly metadata: {
      readonly tokens: string | null;
      readonly hopLimit: number | null;
      readonly endpoint: string | null;
      readonly tags: string | null;
    } | null;
    readonly monitoring: boolean;
    readonly ebsOptimized: boolean;
    readonly credits: string | null;
    readonly terminationProtected: boolean;
    readonly onShutdown: string | null;
    /** One that is made to be thrown away: no address that is reached from outside. */
    readonly isClone: boolean;
  }
>;

export type Deed =
  | Of<
      'copy-snapshot',
      {
        readonly snapshot: string;
        readonly from: string;
        readonly sizeGiB: number;
        readonly encrypted: boolean;
        readonly kmsKey: string | null;
      }
    >
  | Of<
      'make-volume',
      VolumeSpec & {
        readonly snapshot: string;
        readonly zone: string;
        readonly name: string;
        /** The step that attaches it: from then on an undo keeps it. */
        readonly usedBy: string | null;
      }
    >
  | Of<'tag', { readonly resource: string; readonly tags: readonly Tag[] }>
  | Of<'stop', { readonly instance: string }>
  | Of<'start', { readonly instance: string }>
  | Of<'detach', { readonly volume: string; readonly instance: string; readonly device: string }>
  | Of<'attach', { readonly volume: string; readonly instance: string; readonly device: string }>
  | Of<
      'replace-root',
      { readonly instance: string; readonly snapshot: string; readonly root: string; readonly device: string }
    >
  | Of<
      'register',
      {
        readonly name: string;
        readonly root: string;
        readonly rootDevice: string;
        readonly sizeGiB: number;
        readonly type: string;
        readonly architecture: string;
        readonly bootMode: string | null;
        readonly ena: boolean;
        readonly tpm: string | null;
      }
    >
  | Of<'make-group', { readonly vpc: string; readonly name: string; readonly description: string }>
  | Of<'close-group', { readonly group: string }>
  | LaunchDeed
  | Of<'unchecked', { readonly instance: string }>
  | Of<
      'give-address',
      { readonly allocation: string; readonly instance: string; readonly was: string; readonly wasPrivateIp: string }
    >
  | Of<
      'detach-interface',
      {
        readonly networkInterface: string;
        readonly attachment: string;
        readonly instance: string;
        readonly index: number;
      }
    >
  | Of<'attach-interface', { readonly networkInterface: string; readonly instance: string; readonly index: number }>;

export type DeedName = Deed['do'];
export type DeedOf<Name extends DeedName> = Extract<Deed, { readonly do: Name }>;

/** What a step knows of itself: `asked` when its call was about to be made, `id` what it made, and what else undo needs. */
export type Notes = Readonly<Record<string, string>>;

/** What stands for names in angle brackets, and what is not written down anywhere. */
export type Known = {
  readonly made: (reference: string) => string;
  /** Base64; null: none. */
  readonly userData: string | null;
};

export type UndoItem = UndoResult['items'][number];

export type DeedKind<Which extends Deed> = {
  /** Where it makes something: how AWS is kept from making it twice. `name`: it refuses, or nothing keeps it. */
  readonly once?: 'token' | 'name';
  call(deed: Which, known: Known, hands: Hands): Ec2Call;
  /** What says that it is done already, by an earlier attempt or by somebody else; null: it is to be called. */
  look(deed: Which, known: Known, hands: Hands, notes: Notes): Promise<Notes | null>;
  /** Read from the answer. */
  made(answer: unknown, deed: Which): Notes;
  /** Waits until it can be built upon; says in words what has come of it. */
  settle(
    deed: Which,
    known: Known,
    hands: Hands,
    notes: Notes,
  ): Promise<{ readonly detail: string; readonly notes?: Notes }>;
  /** Does nothing where `dryRun`. */
  undo(deed: Which, known: Known, hands: Hands, undoing: Undoing): Promise<UndoItem | null>;
};

export type Undoing = {
  readonly notes: Notes;
  readonly dryRun: boolean;
  /** Whether another step of the run had begun. */
  readonly begun: (step: string) => boolean;
};

/** Angle brackets are in no id of AWS. */
export function isReference(text: string): boolean {
  return text.startsWith('<');
}

export const madeBy = (step: string): string => `<${step}>`;
