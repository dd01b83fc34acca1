/** This home as a site that others push to, as answers that are kept. */
import type { z } from 'zod';
import type { SiteInvitation, SiteUser, siteAddressSchema } from '../../shared/contract/site-server.ts';
import { useAnswer, type Answer } from './ask.ts';

/** Beginnings of the keys of all answers about it. */
export const siteServerAnswers = [['siteServer.users'], ['siteServer.invitations']] as const;

export function useSiteServer(): Answer<{ readonly address: z.infer<typeof siteAddressSchema> | null }> {
  return useAnswer(['siteServer.status'], (client, signal) => client.siteServer.status({}, { signal }));
}

/** What others push changes them without a word to this page. */
export function useSiteUsers(enabled: boolean): Answer<{ readonly users: readonly SiteUser[] }> {
  return useAnswer(['siteServer.users'], (client, signal) => client.siteServer.users({}, { signal }), {
    enabled,
    staleTimeMs: 0,
  });
}

export function useInvitations(enabled: boolean): Answer<{ readonly invitations: readonly SiteInvitation[] }> {
  return useAnswer(['siteServer.invitations'], (client, signal) => client.siteServer.invitations({}, { signal }), {
    enabled,
    staleTimeMs: 0,
  });
}
