// Entry of the keeper's process: `node main.ts <KeeperLaunch as JSON>`. Standard output is its log file.
import { writeSync } from 'node:fs';
import { clearPostgresLeftovers } from '../servers/postgres-leftovers.ts';
import { findSetpriv } from './death-signal.ts';
import { Keeper } from './keeper.ts';
import type { KeeperLaunch } from './launch-keeper.ts';
import { identify } from './process-identity.ts';

const LEFTOVERS_TIMEOUT_MS = 12_000;

const launch = JSON.parse(process.argv[2] ?? '') as KeeperLaunch;
const self = identify(process.pid);
if (self === undefined) throw new Error('this process is not in /proc; the keeper needs Linux');

const log = (message: string): void => {
  try {
    // Not by the stream, which would tell of a failure as an uncaught exception, and that ends the environment.
    writeSync(process.stdout.fd, `${new Date().toISOString()} ${message}\n`);
  } catch {
    // A full disk may cost the keeper its log, never its duty.
  }
};

const keeper = new Keeper({
  environmentId: launch.environmentId,
  paths: launch.paths,
  self,
  setpriv: findSetpriv(),
  beforeStart: async (spec) => {
    if (spec.postgresDir === undefined) return;
    await clearPostgresLeftovers(spec.postgresDir, AbortSignal.timeout(LEFTOVERS_TIMEOUT_MS));
  },
  claimTimeoutMs: launch.claimTimeoutMs,
  log,
  exit: (code) => process.exit(code),
});

// Its terminal does not reach it, it leads a session of its own. These come from an operator or a shutdown.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => void keeper.end(`got ${signal}`));
}
process.on('uncaughtException', (error) => {
  log(`uncaught: ${error.stack ?? error.message}`);
  void keeper.end('it has failed');
});
process.on('unhandledRejection', (reason) => {
  log(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
  void keeper.end('it has failed');
});

process.stdin.resume().once('close', () => keeper.launcherGone());

await keeper.listen();
log(`listening, pid ${process.pid}`);
