import { z } from 'zod';
import { STORES } from '#sut/contract/stores.ts';
import { applyHeal } from '../../engine/apply-heal.ts';
import { isOnPostgres, type PostgresService, Stores } from '../../engine/stores/stores.ts';
import { eventually } from '../../timing/eventually.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { aimAtPrimary } from './aim-at-primary.ts';
import { HeldCommits, type WaitingCommit } from './held-commits.ts';
import type { Strike, Struck } from './struck.ts';

const countRows = z.tuple([z.object({ count: z.coerce.number() })]);

/**
 * Kills the primary while at least one transaction of the service stands between its outbox insert and its commit, where a lock keeps it.
 * Rejects with `NotInTime` when none comes there.
 */
export async function strikeBeforeCommit({ environment, site, signal }: Strike): Promise<Struck> {
  const { service } = site;
  if (!isOnPostgres(service)) throw new Error(`commits are held up in PostgreSQL, and ${service} is not on it`);
  const [port] = environment.entryPorts('postgres');
  if (port === undefined) throw new Error('the environment has no way to PostgreSQL');
  const primary = await aimAtPrimary({ environment, site, signal });
  await using commits = await HeldCommits.begin({ port, database: STORES[service].database }, signal);
  const waiting = await eventually(
    `a transaction of ${service} stands before its commit`,
    async () => {
      const found = await commits.waiting();
      return found.length > 0 ? { seen: found } : { missing: 'no transaction waits' };
    },
    { timeoutMs: FAULT_BOUNDS.windowMs, intervalMs: 10, signal },
  );
  const { component } = primary;
  // Stopped first: killed one by one, the process that has the lock could end, and give it up, before those that wait for it.
  await environment.perform(component, 'pause', signal);
  const dead = await primary.kill(signal);
  // What supervises it was stopped with it.
  await applyHeal(environment, { kind: 'resume', component }, signal);
  return {
    evidence: {
      kind: 'killed-before-commit',
      detail: `${component} died while ${waiting.length} of ${service}'s transactions (server processes ${waiting.map(({ pid }) => pid).join(', ')}) held outbox rows and waited before their commit; ${dead.detail}`,
      values: {
        ...dead.values,
        primary: component,
        transactions: waiting.length,
        markers: waiting.map(({ marker }) => marker).join(' '),
      },
    },
    replaced: primary.replaced,
    async healed(healedSignal) {
      const whole = await primary.whole(healedSignal);
      await using stores = new Stores(environment);
      const committed = await neverCommitted(stores, service, waiting, healedSignal);
      return { ...whole, values: { ...whole.values, ...committed } };
    },
  };
}

/** Each transaction writes its marker with its commit; a marker that is there would mean that the window was missed. */
async function neverCommitted(
  stores: Stores,
  service: PostgresService,
  waiting: readonly WaitingCommit[],
  signal: AbortSignal,
): Promise<{ readonly committed: number }> {
  const markers = waiting.map(({ marker }) => `'${marker}'`).join(', ');
  const committed = await eventually(
    `the database of ${service} tells what was committed`,
    async () => {
      const rows = await stores.rows(service, `select count(*) from commit_markers where id in (${markers})`);
      return { seen: countRows.parse(rows)[0].count };
    },
    { timeoutMs: FAULT_BOUNDS.healMs, intervalMs: 100, signal },
  );
  if (committed > 0) throw new Error(`${committed} of ${waiting.length} transactions had committed after all`);
  return { committed };
}
