/** Activity: what runs now, what ran before, and what each of them did. */
export { ActivityScreen } from './activity-screen.tsx';
export { JobScreen } from './job-screen.tsx';
export { TrendsScreen } from './trends-screen.tsx';
