import { join } from 'node:path';
import type { ProcessSpec } from '../../process-spec.ts';

/** Specs of cheap processes that misbehave in one way each. */
export function plainSpec(name: string, logsDir: string, script: string): ProcessSpec {
  return {
    name,
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: '/usr/bin:/bin' },
    cwd: '/',
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 300,
    logFile: join(logsDir, `${name}.log`),
  };
}

/** Says `up` and sleeps. */
export const SLEEPER = 'echo up; exec sleep 1000';
/** Ends neither on SIGTERM nor on SIGINT. */
export const STUBBORN = 'trap "" TERM INT; echo up; sleep 1000; sleep 1000';
/** Three processes: a child and a grandchild that would outlive it. */
export const FAMILY = 'echo up; sh -c "sleep 1000 & exec sleep 1000" & exec sleep 1000';
