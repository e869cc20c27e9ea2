import type { Detection, Engine, Topology } from '#sut/contract/components.ts';

/**
 * How an engine gets over a fault, in milliseconds. On two cores under a load of 30 the clusters took 2–3 s until another
 * node led (Kafka's controller 1 s, an isolated Redis master 9 s), and up to 8 s until all were whole again.
 */
interface Failover {
  /** Until another node leads after the death of the leader, and at most. */
  readonly usualMs: number;
  readonly mostMs: number;
  /** Until every node is a whole member again, when the dead is started. */
  readonly rejoinMs: number;
}

const FAILOVERS: Readonly<Record<Engine, Failover>> = {
  postgres: { usualMs: 4_000, mostMs: 20_000, rejoinMs: 15_000 },
  mongodb: { usualMs: 4_000, mostMs: 20_000, rejoinMs: 6_000 },
  kafka: { usualMs: 5_000, mostMs: 20_000, rejoinMs: 12_000 },
  redis: { usualMs: 4_000, mostMs: 15_000, rejoinMs: 5_000 },
};

/** The same with each server's own detection times: of Patroni's loop of 10 s, of 10 s, 9 s and 15 s of silence, and of what comes on top. */
const BY_DEFAULT: Readonly<Record<Engine, Failover>> = {
  postgres: { usualMs: 20_000, mostMs: 60_000, rejoinMs: 45_000 },
  mongodb: { usualMs: 15_000, mostMs: 45_000, rejoinMs: 20_000 },
  kafka: { usualMs: 20_000, mostMs: 60_000, rejoinMs: 30_000 },
  redis: { usualMs: 25_000, mostMs: 60_000, rejoinMs: 30_000 },
};

/** A single server has no successor: it is away until it is started again. */
const RESTART: Failover = { usualMs: 1_000, mostMs: 5_000, rejoinMs: 8_000 };

interface Place {
  readonly engine: Engine;
  readonly topology: Topology;
  readonly detection?: Detection | undefined;
}

export const failoverOf = ({ engine, topology, detection }: Place): Failover =>
  topology === 'compact' ? RESTART : (detection === 'default' ? BY_DEFAULT : FAILOVERS)[engine];

/** The leader key of a Patroni that died or was cut off expires first: 20 s is the smallest `ttl` that it takes. Seen: 20–24 s. */
export const PATRONI_EXPIRY: Failover = { usualMs: 24_000, mostMs: 45_000, rejoinMs: 18_000 };
/** The same with Patroni's own `ttl` of 30 s. */
const DEFAULT_PATRONI_EXPIRY: Failover = { usualMs: 45_000, mostMs: 85_000, rejoinMs: 45_000 };

export const patroniExpiry = (detection: Detection = 'fast'): Failover =>
  detection === 'default' ? DEFAULT_PATRONI_EXPIRY : PATRONI_EXPIRY;

export const takes = ({ usualMs, rejoinMs }: Failover): { readonly effect: number; readonly heal: number } => ({
  effect: usualMs,
  heal: rejoinMs,
});
