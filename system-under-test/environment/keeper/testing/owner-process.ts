// A stand-in for the CLI: `node owner-process.ts <stateDir> <runDir> <environment id>`. Takes the lock, launches a
// keeper, starts children of every bad kind, pauses one under a fault, says `ready`, and hangs until it is killed.

import { takeLock } from '../../environment-lock.ts';
import { environmentPaths } from '../../environment-paths.ts';
import { launchKeeper } from '../launch-keeper.ts';
import { markedProcesses } from '../marked-processes.ts';
import { identify } from '../process-identity.ts';
import { until } from '../until.ts';
import { FAMILY, plainSpec, SLEEPER, STUBBORN } from './plain-specs.ts';

/** redis 1, order 2, postgres 3 processes. */
const WHOLE_FAMILY = 6;

const [stateDir = '', runDir = '', environmentId = ''] = process.argv.slice(2);
const paths = environmentPaths(environmentId, stateDir, runDir);
const holder = identify(process.pid);
if (holder === undefined) throw new Error('not in /proc');
const { runtimeDir, ledger, logsDir } = paths;
if (!takeLock(paths.lock, { environmentId, holder, runtimeDir, ledger, atIso: new Date().toISOString() })) {
  throw new Error('the lock is taken');
}
const { client } = await launchKeeper(environmentId, paths, AbortSignal.timeout(10_000));
await Promise.all(
  Object.entries({ redis: SLEEPER, order: STUBBORN, postgres: FAMILY }).map(([name, script]) =>
    client.request('spawn', { spec: plainSpec(name, logsDir, script) }),
  ),
);
// Pausing it before it has forked would leave nothing to pause below it.
await until(() => markedProcesses(environmentId).length >= WHOLE_FAMILY, 5_000);
for (const component of ['postgres', 'redis'] as const) {
  await client.request('begin-fault', {
    entry: { id: `pause-${component}`, kind: 'pause', heal: [{ kind: 'resume', component }], leaseMs: 60_000 },
  });
  await client.request('signal', { name: component, signal: 'SIGSTOP' });
}
process.stdout.write('ready\n');
