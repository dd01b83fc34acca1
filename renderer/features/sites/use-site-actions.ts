/** What the palette can do with sites, from any screen. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { registerActions, type PaletteItem } from '../../client/actions.ts';
import { useMay } from '../../client/me.ts';

export function useSiteActions(): void {
  const navigate = useNavigate();
  const mayMove = useMay('failover.preview');
  const mayPair = useMay('siteServer.pair');
  const seesPushed = useMay('siteServer.status');
  useEffect(() => {
    const group = 'Sites';
    const move: PaletteItem = {
      id: 'sites:move',
      title: 'Move protection…',
      group,
      keywords: ['failover', 'failback', 'take over', 'disaster'],
      run: () => void navigate({ to: '/sites/protection/move', search: {} }),
    };
    const pair: PaletteItem = {
      id: 'sites:pair',
      title: 'Pair with a site…',
      group,
      keywords: ['code', 'registration', 'invitation', 'offsite'],
      run: () => void navigate({ to: '/sites/server/pair', search: {} }),
    };
    const pushed: PaletteItem = {
      id: 'sites:pushed',
      title: 'Pushed here',
      group,
      keywords: ['site server', 'users', 'quota', 'invite'],
      run: () => void navigate({ to: '/sites/server/users' }),
    };
    const consoles: PaletteItem = {
      id: 'sites:consoles',
      title: 'Other consoles',
      group,
      keywords: ['peers', 'central monitoring', 'watch'],
      run: () => void navigate({ to: '/sites/peers/all' }),
    };
    const offered = [mayMove ? move : null, mayPair ? pair : null, seesPushed ? pushed : null, consoles];
    return registerActions(
      'sites',
      offered.filter((item) => item !== null),
    );
  }, [navigate, mayMove, mayPair, seesPushed]);
}
