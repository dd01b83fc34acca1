/** What is left to do inside a machine after a restore in AWS: no call reaches there. */

type Kind = 'volume' | 'disk' | 'root' | 'launch' | 'clone';

const names =
  'On types of the Nitro system a volume has another name inside than at AWS: /dev/sdf appears as /dev/nvme1n1 or so. `lsblk -o NAME,SERIAL` shows which is which, the serial being the id of the volume without its hyphen.';
const fstab =
  'Lines of /etc/fstab should name a file system by UUID, with the options `nofail,x-systemd.device-timeout=30`: else the machine does not boot while a volume is missing.';
const twins =
  'The restored volume has the same file system UUID as the one it is of. XFS refuses to mount both at once: mount the second with `-o nouuid`, or give it a UUID of its own (`xfs_admin -U generate`); ext4 takes `tune2fs -U random`. LVM needs `vgimportclone`.';
const cloudInit =
  'cloud-init takes a machine with a new instance id for a new one: it runs user data again, makes new host keys for ssh, and may set the host name.';
const cold =
  'Reading the whole volume once (`dd if=/dev/nvme1n1 of=/dev/null bs=1M`) ends the slowness of first readings.';
const recovered =
  'The volume is as it was at one moment, like after a power cut: databases recover by their logs at their first start, so look into those before the machine is given back.';
const clone =
  'The clone reaches nobody but the time, name and metadata services of AWS. Scheduled work in it starts all the same: stop what sends, pays or deletes before opening its group.';
const addresses =
  'Whatever was set to the old addresses (licences, firewalls, /etc/hosts, peers in clusters) has to learn the new ones.';

export function guestNotes(kind: Kind): string[] {
  switch (kind) {
    case 'volume':
      return [names, fstab, twins, cold];
    case 'disk':
      return [names, fstab, twins, recovered, cold];
    case 'root':
      return [fstab, recovered, cold];
    case 'launch':
      return [names, fstab, cloudInit, addresses, recovered, cold];
    case 'clone':
      return [clone, names, fstab, cloudInit, cold];
  }
}
