/** In which space of process ids this process lives: an id means the same to two processes only where these are equal. */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/** Linux gives the first space of every machine this number (PROC_PID_INIT_INO). */
const firstSpace = 'pid:[4026531836]';

let known: string | undefined;

/** `<machine> <start of the machine> <space>`; empty where it cannot be known. */
export function processSpace(): string {
  return (known ??= readSpace());
}

function readSpace(): string {
  // Others have one space for all of a machine; and a process does not see how often that was started.
  if (process.platform !== 'linux') return `${process.platform} - -`;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${machineDigest()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** machine-id(5) asks not to be shown around. Containers may have none, or that of their image. */
function machineDigest(): string {
  try {
    return createHash('sha256').update(readFileSync('/etc/machine-id')).digest('hex').slice(0, 16);
  } catch {
    return '-';
  }
}

/** Whether a process noted with its space can be looked up here by its id, has ended for sure, or neither is known. */
export function relationTo(noted: string, own = processSpace()): 'same' | 'over' | 'unknown' {
  if (noted === '' || own === '') return 'unknown';
  if (noted === own) return 'same';
  const [machine, boot, space] = noted.split(' ');
  const [ownMachine, ownBoot, ownSpace] = own.split(' ');
  const restarted = machine === ownMachine && machine !== '-' && boot !== ownBoot;
  return restarted && space === firstSpace && ownSpace === firstSpace ? 'over' : 'unknown';
}
