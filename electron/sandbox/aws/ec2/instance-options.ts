/** What an instance is launched with beside disks and network; its credits, its status, and what of it is changed later. */
import { type XmlTree } from '../protocol/xml.ts';
import { demandOwn, type Ec2Actions, type Ec2Call } from './call.ts';
import { describe, own } from './describe.ts';
import { type Form } from './form.ts';
import { interfacesOf } from './interfaces.ts';
import { instanceState, type Instance, type InstanceOptions } from './records.ts';
import { invalidParameter, refused } from './refusals.ts';

export const optionActions: Ec2Actions = {
  DescribeInstanceCreditSpecifications: describeCredits,
  DescribeInstanceStatus: describeStatus,
  ModifyInstanceAttribute: modify,
};

export function optionsIn(form: Form): InstanceOptions {
  const metadata = form.under('MetadataOptions');
  return {
    httpTokens: metadata.text('HttpTokens') ?? 'optional',
    hopLimit: metadata.number('HttpPutResponseHopLimit') ?? 1,
    monitoring: form.under('Monitoring').flag('Enabled') ?? false,
    credits: form.under('CreditSpecification').text('CpuCredits') ?? 'unlimited',
    ebsOptimized: form.flag('EbsOptimized') ?? false,
    tenancy: form.under('Placement').text('Tenancy') ?? 'default',
    onShutdown: form.text('InstanceInitiatedShutdownBehavior') ?? 'stop',
  };
}

export function presentedOptions({ options }: Instance): Record<string, XmlTree[string]> {
  return {
    ebsOptimized: String(options.ebsOptimized),
    monitoring: { state: options.monitoring ? 'enabled' : 'disabled' },
    metadataOptions: {
      state: 'applied',
      httpTokens: options.httpTokens,
      httpPutResponseHopLimit: options.hopLimit,
      httpEndpoint: 'enabled',
      httpProtocolIpv6: 'disabled',
      instanceMetadataTags: 'disabled',
    },
    hibernationOptions: { configured: 'false' },
    enclaveOptions: { enabled: 'false' },
  };
}

/** Only types whose name begins with t have credits. */
function describeCredits(call: Ec2Call): XmlTree {
  const instances = call.form
    .texts('InstanceId')
    .map((id) => demandOwn(call, call.here.instances, 'InvalidInstanceID', id));
  const without = instances.find(({ type }) => !type.startsWith('t'));
  if (without !== undefined) {
    const words = `The instance type '${without.type}' of ${without.id} does not support CPU credits`;
    throw refused('InvalidInstanceCreditSpecification.NotSupported', words);
  }
  const item = instances.map(({ id, options }) => ({ instanceId: id, cpuCredits: options.credits }));
  return { instanceCreditSpecificationSet: { item } };
}

/** Of running instances alone, unless all are asked for; the checks take as long as the launch. */
function describeStatus(call: Ec2Call): XmlTree {
  const { here, form, now, world } = call;
  const withAll = form.flag('IncludeAllInstances') ?? false;
  const { item, nextToken } = describe(call, {
    idName: 'InstanceId',
    prefix: 'i',
    kind: 'InvalidInstanceID',
    all: here.instances,
    isVisible: (one) => own(call)(one) && (withAll || instanceState(one, now).name === 'running'),
    facts: (one) => ({ 'instance-state-name': instanceState(one, now).name }),
    present: (one) => {
      const state = instanceState(one, now);
      const isRunning = state.name === 'running';
      const isChecked = isRunning && now >= one.reachedMs + world.behaviour.instanceMs;
      const status = { status: isChecked ? 'ok' : isRunning ? 'initializing' : 'not-applicable' };
      const base = { instanceId: one.id, availabilityZone: one.zone, instanceState: state };
      return { ...base, instanceStatus: status, systemStatus: status };
    },
  });
  return { instanceStatusSet: { item }, nextToken };
}

function modify(call: Ec2Call): XmlTree {
  const { form, here } = call;
  const instance = demandOwn(call, here.instances, 'InvalidInstanceID', form.demand('InstanceId'));
  const isProtected = form.under('DisableApiTermination').flag('Value');
  if (isProtected !== undefined) instance.isProtected = isProtected;
  const [first] = interfacesOf(call, instance);
  const checks = form.under('SourceDestCheck').flag('Value');
  if (checks !== undefined && first !== undefined) first.sourceDestCheck = checks;
  for (const mapping of form.list('BlockDeviceMapping')) modifyMapping(call, instance, mapping);
  return { return: 'true' };
}

function modifyMapping({ here }: Ec2Call, { id }: Instance, mapping: Form): void {
  const device = mapping.demand('DeviceName');
  const volume = [...here.volumes.values()].find(
    ({ attachment }) => attachment?.instanceId === id && attachment.device === device,
  );
  if (volume === undefined || volume.attachment === null) throw invalidParameter('blockDeviceMapping', device);
  const wanted = mapping.under('Ebs').flag('DeleteOnTermination');
  if (wanted !== undefined) volume.attachment.deleteOnTermination = wanted;
}
