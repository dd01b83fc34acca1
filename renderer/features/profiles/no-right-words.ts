/** Why somebody may look at profiles and not change them; null where they may. */
import { useRefusal } from '../../client/me.ts';

export function useProfileRefusal(): string | null {
  const refusal = useRefusal('profiles.update');
  if (refusal === null) return null;
  return `To change profiles needs the role ${refusal.required}; you are signed in with the role ${refusal.role}.`;
}
