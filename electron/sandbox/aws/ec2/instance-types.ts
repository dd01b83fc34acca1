/** The few types of instances that there are. */
import { type XmlTree } from '../protocol/xml.ts';
import { type Ec2Call } from './call.ts';
import { refused } from './refusals.ts';

type Kind = { readonly cores: number; readonly memoryMiB: number; readonly architecture: string };

const kinds: Readonly<Record<string, Kind>> = {
  'm1.small': { cores: 1, memoryMiB: 1741, architecture: 'x86_64' },
  't3.micro': { cores: 2, memoryMiB: 1024, architecture: 'x86_64' },
  't3.medium': { cores: 2, memoryMiB: 4096, architecture: 'x86_64' },
  'm5.large': { cores: 2, memoryMiB: 8192, architecture: 'x86_64' },
  'm7i.xlarge': { cores: 4, memoryMiB: 16_384, architecture: 'x86_64' },
  'm7g.large': { cores: 2, memoryMiB: 8192, architecture: 'arm64' },
};

export function isKnownType(type: string): boolean {
  return type in kinds;
}

export function coresOf(type: string): number {
  return kinds[type]?.cores ?? 0;
}

/** Types that are not to be had in the third zone of any region. */
const scarce: ReadonlySet<string> = new Set(['m7g.large']);

/** Where the types are to be had, by zone. */
export function describeOfferings({ form, here }: Ec2Call): XmlTree {
  const wanted = (name: string): readonly string[] =>
    form.list('Filter').flatMap((filter) => (filter.text('Name') === name ? filter.texts('Value') : []));
  const [types, places] = [wanted('instance-type'), wanted('location')];
  const item = here.zones.flatMap((location) =>
    Object.keys(kinds)
      .filter((type) => !(scarce.has(type) && location.endsWith('c')))
      .filter((type) => types.length === 0 || types.includes(type))
      .filter(() => places.length === 0 || places.includes(location))
      .map((instanceType) => ({ instanceType, locationType: 'availability-zone', location })),
  );
  return { instanceTypeOfferingSet: { item } };
}

export function describeInstanceTypes({ form }: Ec2Call): XmlTree {
  const wanted = form.texts('InstanceType');
  const unknown = wanted.filter((type) => !isKnownType(type));
  if (unknown.length > 0) {
    throw refused('InvalidInstanceType', `The following supplied instance types do not exist: [${unknown.join(', ')}]`);
  }
  const item = Object.entries(kinds)
    .filter(([type]) => wanted.length === 0 || wanted.includes(type))
    .map(([instanceType, { cores, memoryMiB, architecture }]) => ({
      instanceType,
      currentGeneration: 'true',
      vCpuInfo: { defaultVCpus: cores },
      memoryInfo: { sizeInMiB: memoryMiB },
      processorInfo: { supportedArchitectures: { item: [architecture] } },
    }));
  return { instanceTypeSet: { item } };
}
