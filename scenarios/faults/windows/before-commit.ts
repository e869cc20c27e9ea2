import { z } from 'zod';
import { STORES } from '#sut/contract/stores.ts';
import { applyHeal } from '../../engine/apply-heal.ts';
import { isOnPostgres, type PostgresService, Stores } from '../../engine/stores/stores.ts';
import { eventually, NotInTime } from '../../timing/eventually.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { aimAtPrimary } from './aim-at-primary.ts';
import { HeldCommits, type WaitingCommit } from './held-commits.ts';
import { orNothing } from './slow-links.ts';
import type { Strike, Struck } from './struck.ts';

/** How long commits are held up at a time. */
const HOLD_MS = 1_000;

const markerRows = z.array(z.object({ id: z.string() }));

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
  await using caught = await catchCommits(service, port, signal);
  const { waiting } = caught;
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

interface CaughtCommits extends AsyncDisposable {
  readonly waiting: readonly WaitingCommit[];
}

/**
 * Holds up commits until one with outbox rows is among them. Lets all go and tries again when none comes: a service may have to
 * commit something else first (payment its intent to charge), and waits for that.
 */
async function catchCommits(service: PostgresService, port: number, signal: AbortSignal): Promise<CaughtCommits> {
  const what = `a transaction of ${service} stands before its commit`;
  const endMs = performance.now() + FAULT_BOUNDS.windowMs;
  while (performance.now() < endMs) {
    const commits = await HeldCommits.begin({ port, database: STORES[service].database }, signal);
    const look = async () => {
      const found = await commits.waiting();
      return found.length > 0 ? { seen: found } : { missing: 'no transaction with outbox rows waits' };
    };
    const held = eventually(what, look, { timeoutMs: HOLD_MS, intervalMs: 10, signal });
    try {
      const waiting = await orNothing(held);
      if (waiting !== undefined) return { waiting, [Symbol.asyncDispose]: () => commits[Symbol.asyncDispose]() };
    } catch (error) {
      await commits[Symbol.asyncDispose]();
      throw error;
    }
    await commits[Symbol.asyncDispose]();
  }
  throw new NotInTime(what, 'no transaction with outbox rows waited', FAULT_BOUNDS.windowMs);
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
      const rows = await stores.rows(service, `select id from commit_markers where id in (${markers})`);
      return { seen: markerRows.parse(rows).map(({ id }) => id) };
    },
    { timeoutMs: FAULT_BOUNDS.healMs, intervalMs: 100, signal },
  );
  if (committed.length > 0) {
    throw new Error(`of ${waiting.length} transactions these had committed after all: ${committed.join(', ')}`);
  }
  return { committed: committed.length };
}
