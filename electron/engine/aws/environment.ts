/** What the AWS environment and the AWS files of this machine say, read anew each time: they change while an engine lives. */
import { loadSharedConfigFiles } from '@smithy/core/config';

/** Null where nothing says which profile is meant but its usual name. */
export function usualProfile(): string {
  return given('AWS_PROFILE') ?? 'default';
}

/** What the environment says comes first, unless a profile is named. */
export async function usualRegion(profile: string | null = null): Promise<string | null> {
  const ofProfile = (await settingsOf(profile ?? usualProfile()))['region'] ?? null;
  const ofEnvironment = given('AWS_REGION') ?? given('AWS_DEFAULT_REGION');
  return profile === null ? (ofEnvironment ?? ofProfile) : (ofProfile ?? ofEnvironment);
}

/** Then no profile is looked at. */
export function hasEnvironmentKeys(): boolean {
  return given('AWS_ACCESS_KEY_ID') !== null && given('AWS_SECRET_ACCESS_KEY') !== null;
}

export function usualEndpoint(): string | null {
  return given('AWS_ENDPOINT_URL');
}

/** The settings of a profile, of both files; empty where there is none of that name. */
export async function settingsOf(profile: string): Promise<Readonly<Record<string, string | undefined>>> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  return { ...configFile[profile], ...credentialsFile[profile] };
}

function given(variable: string): string | null {
  const text = process.env[variable]?.trim() ?? '';
  return text === '' ? null : text;
}
