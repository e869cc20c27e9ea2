import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentName } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { eventually } from '../../timing/eventually.ts';
import { statusOf } from '../component-params.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { tryPostgresWrite } from './postgres-write.ts';

/** `disk_full` of PostgreSQL. */
const DISK_FULL = '53100';
const EFFECT_MS = 10_000;

/**
 * Nothing is free, and the server shows it: it refuses a write for that reason, or has ended. What it frees itself meanwhile
 * (temporary files, old log) is taken as well, as whatever filled the disk would.
 */
export function provenFull(environment: Environment, component: ComponentName, signal: AbortSignal): Promise<Evidence> {
  return eventually(
    `the disk of ${component} is full`,
    async () => {
      await environment.perform(component, 'fill-disk', signal);
      const { totalBytes, freeBytes } = await environment.diskSpace(component);
      if (freeBytes > 0) return { missing: `${freeBytes} bytes are free` };
      const { state } = await statusOf(environment, { component });
      const refusal = state === 'exited' ? undefined : await tryPostgresWrite(environment.port(component));
      if (state !== 'exited' && refusal?.code !== DISK_FULL) {
        return { missing: refusal === undefined ? 'a write succeeded' : `a write failed: ${refusal.message}` };
      }
      const shown = refusal === undefined ? 'it has ended' : `a write fails: ${refusal.message}`;
      return {
        seen: {
          kind: 'disk-full',
          detail: `0 of ${totalBytes} bytes are free on the disk of ${component}, ${shown}`,
          values: { totalBytes, freeBytes, code: refusal?.code ?? state },
        },
      };
    },
    { timeoutMs: EFFECT_MS, signal },
  );
}

/** There is space again, the server is ready, and a write succeeds. */
export async function provenWritable(
  environment: Environment,
  component: ComponentName,
  signal: AbortSignal,
): Promise<Evidence> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(FAULT_BOUNDS.healMs)]);
  await environment.whenReady(component, bound);
  return eventually(
    `${component} writes again`,
    async () => {
      const { totalBytes, freeBytes } = await environment.diskSpace(component);
      if (freeBytes === 0) return { missing: 'nothing is free' };
      const refusal = await tryPostgresWrite(environment.port(component));
      if (refusal !== undefined) return { missing: `a write failed: ${refusal.message}` };
      return {
        seen: {
          kind: 'disk-freed',
          detail: `${freeBytes} of ${totalBytes} bytes are free, ready, a write succeeds`,
          values: { totalBytes, freeBytes },
        },
      };
    },
    { timeoutMs: FAULT_BOUNDS.healMs, signal: bound },
  );
}
