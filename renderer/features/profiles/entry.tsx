/** Profiles: the screens' entry. */
export { NewProfileScreen } from './new-profile-screen.tsx';
export { ProfileScreen } from './profile-screen.tsx';
export { ProfilesScreen } from './profiles-screen.tsx';
