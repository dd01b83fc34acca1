/** What the choices of the desktop come to, in words that are true of this machine as it is now. Pure. */
import type { DesktopSettings, WaitChoice } from '../../../shared/model/desktop-settings.ts';

export type Explained = {
  readonly lead: string;
  /** Something the person would not expect, and what to do about it. */
  readonly caution: string | null;
};

export function explainLogin({ startAtLogin, keepRunning }: DesktopSettings): Explained {
  const { on, startsThis } = startAtLogin;
  if (!on) {
    return { lead: 'After a restart of this computer nothing runs until somebody opens Holdfast.', caution: null };
  }
  const lead =
    'Holdfast starts when you sign in to this computer, without a window. Its picture is in the system tray; opening ' +
    'Holdfast brings the window.';
  if (!startsThis) {
    return { lead, caution: 'What starts at login is not the Holdfast that runs now, but what stands below.' };
  }
  return {
    lead,
    caution: keepRunning ? null : 'Closing the window ends Holdfast, also after such a start.',
  };
}

export function explainClosing({ keepRunning }: DesktopSettings): Explained {
  if (keepRunning) {
    return {
      lead:
        'Closing the window hides it. What runs goes on, and what goes wrong is told by a notification. Open Holdfast ' +
        'from the system tray, or start it again; Quit in the menu of the tray ends it.',
      caution:
        'Some desktops show no tray. There, starting Holdfast again brings the window back; to end Holdfast, switch ' +
        'this off and close the window.',
    };
  }
  return {
    lead:
      'Closing the window ends Holdfast, and with it what protects this computer. While something runs you are asked: ' +
      'wait for it, cancel it, or keep running.',
    caution: null,
  };
}

export function explainBattery({ waitOnBattery: choice }: Pick<DesktopSettings, 'waitOnBattery'>): Explained {
  const lead = choice.on ? 'Runs that are due wait for mains power.' : 'Runs begin when they are due, also on battery.';
  if (choice.now === null) return unknown(choice, 'Whether this computer is on battery cannot be known here');
  return { lead: `${lead} This computer is on ${choice.now ? 'battery' : 'mains power'} now.`, caution: null };
}

export function explainMetered({ waitOnMetered: choice }: Pick<DesktopSettings, 'waitOnMetered'>): Explained {
  const lead = choice.on
    ? 'Runs that are due wait for a network that is not metered, wherever their repository is.'
    : 'Runs begin when they are due, also over a network where what travels is counted or paid for.';
  if (choice.now === null) return unknown(choice, 'Whether the network is metered cannot be known here');
  return { lead: `${lead} The network is ${choice.now ? 'metered' : 'not metered'} now.`, caution: null };
}

/** What has no effect does not look as if it had one. */
function unknown({ on }: WaitChoice, what: string): Explained {
  const lead = `${what}: runs begin when they are due.`;
  return { lead, caution: on ? 'As long as that is so, this choice has no effect.' : null };
}
