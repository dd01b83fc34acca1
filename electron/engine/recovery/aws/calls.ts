/** Every call of a restore that changes something in AWS. What is not in this table cannot be called by one. */
import {
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  AttachVolumeCommand,
  CopySnapshotCommand,
  CreateReplaceRootVolumeTaskCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSecurityGroupCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  DetachNetworkInterfaceCommand,
  DetachVolumeCommand,
  ModifyInstanceAttributeCommand,
  RegisterImageCommand,
  RevokeSecurityGroupEgressCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';

const commands = {
  AssociateAddress: AssociateAddressCommand,
  AttachNetworkInterface: AttachNetworkInterfaceCommand,
  AttachVolume: AttachVolumeCommand,
  CopySnapshot: CopySnapshotCommand,
  CreateReplaceRootVolumeTask: CreateReplaceRootVolumeTaskCommand,
  CreateSecurityGroup: CreateSecurityGroupCommand,
  CreateTags: CreateTagsCommand,
  CreateVolume: CreateVolumeCommand,
  DeleteSecurityGroup: DeleteSecurityGroupCommand,
  DeleteSnapshot: DeleteSnapshotCommand,
  DeleteTags: DeleteTagsCommand,
  DeleteVolume: DeleteVolumeCommand,
  DeregisterImage: DeregisterImageCommand,
  DetachNetworkInterface: DetachNetworkInterfaceCommand,
  DetachVolume: DetachVolumeCommand,
  ModifyInstanceAttribute: ModifyInstanceAttributeCommand,
  RegisterImage: RegisterImageCommand,
  RevokeSecurityGroupEgress: RevokeSecurityGroupEgressCommand,
  RunInstances: RunInstancesCommand,
  StartInstances: StartInstancesCommand,
  StopInstances: StopInstancesCommand,
  TerminateInstances: TerminateInstancesCommand,
};

type Commands = typeof commands;
export type Action = keyof Commands;
type InputOf<Of extends Action> = ConstructorParameters<Commands[Of]>[0];

/** `region`: where it is called. */
export type Ec2Call = {
  [Of in Action]: { readonly action: Of; readonly region: string; readonly input: InputOf<Of> };
}[Action];

/** What AWS answers, as it comes: whoever reads it checks it. */
export function send(
  ec2: EC2Client,
  { action, input }: Ec2Call,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<unknown> {
  const Command = commands[action] as new (input: object) => CreateTagsCommand;
  return ec2.send(new Command({ ...input, DryRun: dryRun }), { abortSignal: signal });
}
