import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const EVERY_MS = 5;
const PATIENCE_MS = 1_000;

/** A client that writes one row after the other and remembers which were acknowledged and when. Disposing ends it. */
export interface AcknowledgedWrites extends AsyncDisposable {
  /** Acknowledged rows that are not in the table now. */
  lost(): Promise<readonly number[]>;
  readonly count: number;
  /** The longest time between two acknowledgements of which the later one came after `sinceMs` (performance.now). */
  longestGapMs(sinceMs: number): number;
  /** Resolves when a write that was begun after now is acknowledged. */
  next(signal: AbortSignal): Promise<void>;
}

/** Starts writing to `port`, which leads to the primary; every statement and every connection is bounded to a second. */
export async function startWriting(port: number): Promise<AcknowledgedWrites> {
  const settings = {
    ...{ host: '127.0.0.1', port, user: 'shop', database: 'postgres' },
    ...{ connectionTimeoutMillis: PATIENCE_MS, query_timeout: PATIENCE_MS },
  };
  const open = async () => {
    const client = new pg.Client(settings);
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const query = async (text: string) => {
    const client = await open();
    try {
      return await client.query<{ id: number }>(text);
    } finally {
      await client.end();
    }
  };
  await query('create table acknowledged (id int primary key)');
  const acknowledged: { readonly id: number; readonly begunMs: number; readonly atMs: number }[] = [];
  let isEnded = false;
  const write = async () => {
    let client: pg.Client | undefined;
    for (let id = 1; !isEnded; id += 1) {
      const begunMs = performance.now();
      try {
        client ??= await open();
        await client.query('insert into acknowledged values ($1)', [id]);
        acknowledged.push({ id, begunMs, atMs: performance.now() });
      } catch {
        // Outcome unknown, or refused: not acknowledged. Not waited for: a paused server never says goodbye.
        client?.end().catch(() => {});
        client = undefined;
      }
      await delay(EVERY_MS);
    }
    await client?.end().catch(() => {});
  };
  const writing = write();
  return {
    get count() {
      return acknowledged.length;
    },
    async lost() {
      // Those of now: a row that is acknowledged after the look is not missing.
      const claimed = [...acknowledged];
      const stored = new Set((await query('select id from acknowledged')).rows.map(({ id }) => id));
      return claimed.filter(({ id }) => !stored.has(id)).map(({ id }) => id);
    },
    longestGapMs: (sinceMs) =>
      acknowledged.reduce((longest, { atMs }, index) => {
        const before = acknowledged[index - 1]?.atMs;
        return before === undefined || atMs < sinceMs ? longest : Math.max(longest, atMs - before);
      }, 0),
    async next(signal) {
      const nowMs = performance.now();
      while ((acknowledged.at(-1)?.begunMs ?? 0) < nowMs) await delay(EVERY_MS, undefined, { signal });
    },
    async [Symbol.asyncDispose]() {
      isEnded = true;
      await writing;
    },
  };
}
