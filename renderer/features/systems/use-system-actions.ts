/** What the palette can do with system snapshots, from any screen. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { registerActions, type PaletteItem } from '../../client/actions.ts';
import { askDialog } from '../../client/asked-dialog.ts';
import { useMay } from '../../client/me.ts';

export function useSystemActions(): void {
  const navigate = useNavigate();
  const mayTake = useMay('systems.take');
  const mayRestore = useMay('restoreRuns.create');
  useEffect(() => {
    const group = 'System snapshots';
    const keywords = ['several', 'sources', 'together'];
    const take: PaletteItem = {
      id: 'systems:take',
      title: 'Take a system snapshot…',
      group,
      keywords,
      run: () => askDialog({ kind: 'takeSystem', sources: null }),
    };
    const list: PaletteItem = {
      id: 'systems:list',
      title: 'System snapshots',
      group,
      keywords,
      run: () => void navigate({ to: '/snapshots/systems' }),
    };
    const before: PaletteItem = {
      id: 'systems:before',
      title: 'Restore as of before an incident…',
      group: 'Recovery',
      keywords: ['moment', 'suspect', 'frozen'],
      run: () => askDialog({ kind: 'restoreBefore' }),
    };
    return registerActions('systems', [...(mayTake ? [take] : []), list, ...(mayRestore ? [before] : [])]);
  }, [navigate, mayTake, mayRestore]);
}
