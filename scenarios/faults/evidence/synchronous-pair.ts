import { z } from 'zod';

/** Patroni keeps it under `/<namespace>/<scope>/sync`; the namespace is its default, the scope that of `patroni-settings.ts`. */
const KEY = '/service/shop/sync';

const rangeSchema = z.object({ kvs: z.array(z.object({ value: z.string() })).default([]) });
const syncSchema = z.object({ leader: z.string().nullish(), sync_standby: z.string().nullish() });

/** Who may be promoted: the primary that etcd has on record, and the standby that has all that it has acknowledged. */
export interface SynchronousPair {
  readonly leader: string | undefined;
  /** Names, separated by commas; absent while no failover can happen without losing commits. */
  readonly standby: string | undefined;
}

/**
 * Asks etcd on this port (JSON gateway of its v3 API) for what Patroni decides by; `undefined` when it keeps no such record,
 * for replication is asynchronous. Rejects when etcd does not answer.
 */
export async function synchronousPair(etcdPort: number, signal: AbortSignal): Promise<SynchronousPair | undefined> {
  const answer = await fetch(`http://127.0.0.1:${etcdPort}/v3/kv/range`, {
    method: 'POST',
    body: JSON.stringify({ key: Buffer.from(KEY).toString('base64') }),
    signal,
  });
  if (!answer.ok) throw new Error(`etcd answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  const [kept] = rangeSchema.parse(await answer.json()).kvs;
  if (kept === undefined) return undefined;
  const { leader, sync_standby } = syncSchema.parse(JSON.parse(Buffer.from(kept.value, 'base64').toString()));
  return { leader: leader ?? undefined, standby: sync_standby ?? undefined };
}
