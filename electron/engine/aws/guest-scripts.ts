/**
 * Hooks as scripts that run inside an instance. What the first one freezes thaws there by itself in time, whatever has
 * become of the engine or of the way to it: a guard stays behind, which the second one calls off.
 */

export type GuestScript = {
  /** `ssm`: for `/bin/sh`; `ssm-powershell`: for Windows. */
  readonly kind: 'ssm' | 'ssm-powershell';
  readonly script: string;
  /** Of the run: one guard for each. */
  readonly run: string;
  readonly variables: Readonly<Record<string, string>>;
};

export type Guard = {
  /** What the guard runs to thaw. */
  readonly thaw: string;
  /** From the beginning of the script before: it may freeze, and then hang. */
  readonly fromBeginSeconds: number;
  /** Once that script has ended well. */
  readonly fromFrozenSeconds: number;
};

/** The script after ends with it where the guard has thawed already. */
export const thawedByItself = 75;

const unixFolder = '/run/holdfast';

/** `guard` null: nothing would thaw it. `folder`: of the instance, where guards are noted. */
export function freezingScript(of: GuestScript, guard: Guard | null, folder = unixFolder): string {
  return of.kind === 'ssm' ? shellFreeze(of, guard, folder) : powershellFreeze(of, guard);
}

/** `isGuarded`: whether one before it has left a guard. */
export function thawingScript(of: GuestScript, isGuarded: boolean, folder = unixFolder): string {
  return of.kind === 'ssm' ? shellThaw(of, isGuarded, folder) : powershellThaw(of, isGuarded);
}

function shellFreeze({ script, run, variables }: GuestScript, guard: Guard | null, folder: string): string {
  const plain = [...exports(variables), `sh -c ${quoted(script)}`];
  if (guard === null) return lines(plain);
  const mark = quoted(`${folder}/${safe(run)}`);
  const watch = (name: string, seconds: number): string =>
    `(setsid sh -c ${quoted(`sleep ${seconds}; [ "$(cat "$0" 2>/dev/null)" = ${name} ] || exit 0; rm -f "$0"; ${guard.thaw}`)} ${mark} </dev/null >/dev/null 2>&1 &)`;
  return lines([
    `mkdir -p -m 700 ${quoted(folder)} && echo begun > ${mark} || exit 70`,
    watch('begun', guard.fromBeginSeconds),
    ...exports(variables),
    `sh -c ${quoted(script)}`,
    'code=$?',
    `if [ $code -eq 0 ]; then echo frozen > ${mark}; ${watch('frozen', guard.fromFrozenSeconds)}; fi`,
    'exit $code',
  ]);
}

function shellThaw({ script, run, variables }: GuestScript, isGuarded: boolean, folder: string): string {
  const mark = quoted(`${folder}/${safe(run)}`);
  return lines([
    `[ -e ${mark} ] && held=yes || held=no`,
    `rm -f ${mark}`,
    ...exports(variables),
    `sh -c ${quoted(script)}`,
    'code=$?',
    ...(isGuarded ? [`[ $held = yes ] || exit ${thawedByItself}`] : []),
    'exit $code',
  ]);
}

function powershellFreeze({ script, run, variables }: GuestScript, guard: Guard | null): string {
  const body = [...assigned(variables), runEncoded(script), '$code = $LASTEXITCODE'];
  if (guard === null) return lines([...body, 'exit $code']);
  return lines([
    ...markOf(run),
    'New-Item -ItemType Directory -Force (Split-Path $mark) | Out-Null',
    'function Watch($name, $seconds) {',
    `  $thaw = ${decoded(guard.thaw)}`,
    `  $text = "Start-Sleep $seconds; if ((Get-Content -ErrorAction SilentlyContinue '$mark') -eq '$name') { Remove-Item '$mark'; $thaw }"`,
    '  $line = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($text))',
    "  Start-Process powershell -WindowStyle Hidden -ArgumentList '-NoProfile', '-EncodedCommand', $line",
    '}',
    'Set-Content $mark begun',
    `Watch begun ${guard.fromBeginSeconds}`,
    ...body,
    `if ($code -eq 0) { Set-Content $mark frozen; Watch frozen ${guard.fromFrozenSeconds} }`,
    'exit $code',
  ]);
}

function powershellThaw({ script, run, variables }: GuestScript, isGuarded: boolean): string {
  return lines([
    ...markOf(run),
    '$held = Test-Path $mark',
    'Remove-Item -ErrorAction SilentlyContinue $mark',
    ...assigned(variables),
    runEncoded(script),
    '$code = $LASTEXITCODE',
    ...(isGuarded ? [`if (-not $held) { exit ${thawedByItself} }`] : []),
    'exit $code',
  ]);
}

function markOf(run: string): readonly string[] {
  return [`$mark = Join-Path $env:ProgramData 'Holdfast\\${safe(run)}'`];
}

/** In base64 nothing of it can be taken for something else. */
function runEncoded(script: string): string {
  return `powershell -NoProfile -NonInteractive -EncodedCommand ${Buffer.from(script, 'utf16le').toString('base64')}`;
}

function decoded(text: string): string {
  return `[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${Buffer.from(text).toString('base64')}'))`;
}

function exports(variables: GuestScript['variables']): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
}

function assigned(variables: GuestScript['variables']): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `$env:${name} = ${decoded(value)}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function safe(run: string): string {
  return run.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'run';
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
