/** What a profile of the AWS files takes, in the order in which AWS's own kit looks: a person, a code, a program. */
import { getSSOTokenFromFile, type SSOToken } from '@smithy/core/config';
import { settingsOf } from './environment.ts';

export type ProfileFacts = {
  readonly exists: boolean;
  /** Somebody signs in through a browser first. */
  readonly signsIn: boolean;
  /** A code of a device is asked for. */
  readonly needsCode: boolean;
  /** A program is started, which the profile names. */
  readonly program: boolean;
  /** Of what somebody has signed in to: when that ends, in epoch milliseconds; null: not known. */
  readonly endsAtMs: number | null;
};

type Settings = Readonly<Record<string, string | undefined>>;
type Needs = Omit<ProfileFacts, 'exists'>;

const nothing: Needs = { signsIn: false, needsCode: false, program: false, endsAtMs: null };

export async function profileFacts(profile: string): Promise<ProfileFacts> {
  const settings = await settingsOf(profile);
  return { exists: Object.keys(settings).length > 0, ...(await needsOf(profile, settings, new Set())) };
}

async function needsOf(profile: string, settings: Settings, visited: ReadonlySet<string>): Promise<Needs> {
  const isStatic = Boolean(settings['aws_access_key_id'] && settings['aws_secret_access_key']);
  if (visited.size > 0 && isStatic) return nothing;
  if (settings['role_arn'] && (settings['source_profile'] || settings['credential_source'])) {
    const behind = await needsBehind(profile, settings, visited);
    return { ...behind, needsCode: behind.needsCode || Boolean(settings['mfa_serial']) };
  }
  if (isStatic || settings['web_identity_token_file']) return nothing;
  if (settings['credential_process']) return { ...nothing, program: true };
  const session = settings['sso_session'] ?? settings['sso_start_url'];
  if (session !== undefined) return { ...nothing, signsIn: true, endsAtMs: await endOf(session) };
  return settings['login_session'] ? { ...nothing, signsIn: true } : nothing;
}

async function needsBehind(profile: string, settings: Settings, visited: ReadonlySet<string>): Promise<Needs> {
  const source = settings['source_profile'];
  if (source === undefined) return nothing;
  const seen = new Set([...visited, profile]);
  // One that names itself takes its own keys on; a circle is refused when it is used.
  if (seen.has(source)) return nothing;
  return needsOf(source, await settingsOf(source), seen);
}

async function endOf(session: string): Promise<number | null> {
  try {
    const token = (await getSSOTokenFromFile(session)) as SSOToken;
    const { expiresAt, refreshToken, registrationExpiresAt } = token;
    // What can be refreshed lasts as long as the console's own registration.
    const ms = Date.parse(refreshToken === undefined ? expiresAt : (registrationExpiresAt ?? expiresAt));
    return Number.isNaN(ms) ? null : ms;
  } catch {
    return null;
  }
}
