/** The day it is where the page is. */
import { useCallback } from 'react';
import { useTicking } from './ticker.ts';

/** Another text after midnight. */
export function useToday(): string {
  return useTicking(useCallback((ms: number) => new Date(ms).toDateString(), []));
}
