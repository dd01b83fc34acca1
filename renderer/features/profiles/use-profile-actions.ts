/** What the palette can do with profiles, from any screen. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { registerActions } from '../../client/actions.ts';
import { useMay } from '../../client/me.ts';

export function useProfileActions(): void {
  const navigate = useNavigate();
  const mayAdd = useMay('profiles.add');
  useEffect(() => {
    if (!mayAdd) return undefined;
    return registerActions('profiles', [
      {
        id: 'profiles:add',
        title: 'Make a profile',
        group: 'Profiles',
        keywords: ['new', 'add', 'schedule', 'retention', 'policy'],
        run: () => void navigate({ to: '/profiles/new', search: {} }),
      },
    ]);
  }, [mayAdd, navigate]);
}
