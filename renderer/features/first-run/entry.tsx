/** What a new user meets: two doors, and behind each a few questions with good defaults. */
import { useSearch } from '@tanstack/react-router';
import { Doors } from './doors.tsx';
import { RecoverDoor } from './recover-door.tsx';
import { StartDoor } from './start-door.tsx';

export function FirstRunScreen() {
  const { door } = useSearch({ from: '/welcome' });
  if (door === 'start') return <StartDoor />;
  if (door === 'recover') return <RecoverDoor />;
  return <Doors />;
}
