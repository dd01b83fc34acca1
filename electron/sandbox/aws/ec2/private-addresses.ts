/** Private addresses of a subnet: which is free, and whether one that is wanted is. */
import { type Ec2Call } from './call.ts';
import { type Subnet } from './records.ts';
import { refused } from './refusals.ts';

/** The first four addresses of a network, and its last one, are AWS's own. */
const ownedByAws = 4;

export function freeAddress(call: Ec2Call, subnet: Subnet, wanted: string | undefined): string {
  const used = usedIn(call, subnet);
  if (wanted !== undefined && used.has(wanted)) {
    throw refused('InvalidIPAddress.InUse', `Address ${wanted} is in use.`);
  }
  if (wanted !== undefined && !isIn(subnet, wanted)) {
    throw refused('InvalidParameterValue', `Address ${wanted} does not fall within the subnet's address range`);
  }
  if (wanted !== undefined) return wanted;
  const [first, size] = rangeOf(subnet);
  for (let at = ownedByAws; at < size - 1; at++) {
    const address = asText(first + at);
    if (!used.has(address)) return address;
  }
  throw refused('InsufficientFreeAddressesInSubnet', `There are no free addresses in ${subnet.id}.`);
}

export function freeCount(call: Ec2Call, subnet: Subnet): number {
  return Math.max(0, rangeOf(subnet)[1] - ownedByAws - 1 - usedIn(call, subnet).size);
}

function usedIn({ here }: Ec2Call, { id }: Subnet): ReadonlySet<string> {
  return new Set(
    [...here.interfaces.values()].filter(({ subnetId }) => subnetId === id).map(({ privateIp }) => privateIp),
  );
}

function isIn(subnet: Subnet, address: string): boolean {
  const [first, size] = rangeOf(subnet);
  const at = asNumber(address) - first;
  return at >= ownedByAws && at < size - 1;
}

function rangeOf({ cidr }: Subnet): readonly [first: number, size: number] {
  const [address = '', bits = '32'] = cidr.split('/');
  return [asNumber(address), 2 ** (32 - Number(bits))];
}

function asNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function asText(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}
