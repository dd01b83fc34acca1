/** Which rights a call to EC2 takes, thing by thing: of what it names, and of the tags it gives to what it makes. */
import { type Need } from '../identity/policies.ts';
import { type Call } from '../service.ts';
import { type Form } from './form.ts';
import { type Region } from './world.ts';

const kinds: Readonly<Record<string, string>> = {
  vol: 'volume',
  snap: 'snapshot',
  i: 'instance',
  ami: 'image',
  eni: 'network-interface',
  sg: 'security-group',
  eipalloc: 'elastic-ip',
  subnet: 'subnet',
  vpc: 'vpc',
};
const idPattern = /^(vol|snap|i|ami|eni|sg|eipalloc|subnet|vpc)-[\da-f]{8,17}$/;

export function needsOf({ caller, region }: Call, name: string, form: Form, here: Region): readonly Need[] {
  const arn = (kind: string, id: string): string => {
    const isOfRegion = kind === 'snapshot' || kind === 'image';
    return `arn:aws:ec2:${region}:${isOfRegion ? '' : caller.account}:${kind}/${id}`;
  };
  const where = { 'aws:RequestedRegion': region };
  const named = form.values().filter((value) => idPattern.test(value));
  const action = `ec2:${name}`;
  const things = named.map((id): Need => {
    const tags = [...(here.tagged(id)?.tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value] as const);
    const keys: Need['keys'] = {
      ...where,
      ...Object.fromEntries(tags),
      ...(name.endsWith('Tags') ? tagKeysIn(form) : {}),
    };
    return { action, resource: arn(kinds[id.slice(0, id.indexOf('-'))] ?? '', id), keys };
  });
  const made = form.list('TagSpecification').map((one): Need => {
    const keys = { ...where, 'ec2:CreateAction': name, ...tagKeysIn(one) };
    return { action: 'ec2:CreateTags', resource: arn(one.text('ResourceType') ?? '', 'new'), keys };
  });
  return [...(things.length === 0 ? [{ action, resource: '*', keys: where }] : things), ...made];
}

function tagKeysIn(form: Form): Need['keys'] {
  return { 'aws:TagKeys': form.list('Tag').flatMap((tag) => tag.text('Key') ?? []) };
}
