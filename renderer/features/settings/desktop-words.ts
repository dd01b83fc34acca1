/** What the choices of the desktop come to, in words that are true of this machine as it is now. Pure. */
import type {
  DesktopSettings,
  UpdateChoice,
  UpdateState,
  UpdateStep,
  WaitChoice,
} from '../../../shared/model/desktop-settings.ts';

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

export function explainUpdates({ on, feed }: Pick<UpdateChoice, 'on' | 'feed'>): Explained {
  if (feed === null) {
    return {
      lead: 'This copy of Holdfast was built without an address to ask, so it never looks. Newer ones are installed by hand.',
      caution: null,
    };
  }
  const asked = `${new URL(feed).host} is asked for two small files: what the newest release is, and who signed that.`;
  if (!on) return { lead: `Off: nothing is contacted. When on, once a day ${asked}`, caution: null };
  return {
    lead: `Once a day ${asked} It sees the address of this computer, and nothing else is sent.`,
    caution: null,
  };
}

/** How it stands with a newer release, and what can be done next. */
export function updateWords(state: UpdateState): { readonly words: string; readonly step: UpdateStep | null } {
  switch (state.kind) {
    case 'idle':
      return { words: 'Not looked since Holdfast started.', step: 'check' };
    case 'checking':
      return { words: 'Looking…', step: null };
    case 'current':
      return { words: 'This is the newest release.', step: 'check' };
    case 'available':
      return { words: `Holdfast ${state.version} is there, signed by the release key.`, step: 'download' };
    case 'downloading':
      return { words: `Downloading Holdfast ${state.version}: ${state.percent} %.`, step: null };
    case 'ready':
      return {
        words: `Holdfast ${state.version} is downloaded and is what was signed. It is installed when you say so, while no job runs.`,
        step: 'install',
      };
    case 'failed':
      return { words: state.problem, step: 'check' };
  }
}

/** What has no effect does not look as if it had one. */
function unknown({ on }: WaitChoice, what: string): Explained {
  const lead = `${what}: runs begin when they are due.`;
  return { lead, caution: on ? 'As long as that is so, this choice has no effect.' : null };
}
