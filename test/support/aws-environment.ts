/** The variables by which the kit of AWS finds a sandboxed one, in a process of its own or in the test's. */
import type { Keys } from '../../electron/sandbox/aws/identity/identities.ts';
import { home, type AwsPlace } from './sandbox-aws.ts';

export type AwsEnvironment = Readonly<Record<string, string>>;

/** As the operator, or as whoever the keys are of. */
export function awsEnvironment({ aws, keys }: Pick<AwsPlace, 'aws' | 'keys'>, as: Keys = keys): AwsEnvironment {
  return {
    AWS_ACCESS_KEY_ID: as.accessKeyId,
    AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
    AWS_REGION: home,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** The kit reads the environment of the process that it runs in: for commands that run in the test's own. */
export function lendEnvironment(env: AwsEnvironment): Disposable {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  return {
    [Symbol.dispose]: () => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    },
  };
}
