import type { Detection } from '#sut/contract/components.ts';

/** `electionTimeoutMillis` of MongoDB's own is 10 s: a dead primary is then replaced after 11 s. */
const FAST_ELECTION_TIMEOUT_MS = 2_000;
/** Alone there is nobody to lose an election to. */
const SINGLE_ELECTION_TIMEOUT_MS = 1_000;

/** Settings of the replica set. Majority writes are safe whatever these are: they decide how soon, not what. */
export function replicaSetSettings(members: number, detection: Detection): Readonly<Record<string, number>> {
  // A new primary waits for nothing that only the old one has: no majority has it, so nobody was told that it is safe.
  const noCatchUp = { catchUpTimeoutMillis: 0 };
  if (members === 1) return { electionTimeoutMillis: SINGLE_ELECTION_TIMEOUT_MS, ...noCatchUp };
  if (detection === 'default') return {};
  // How often members ask after each other is by default as long as the election timeout here.
  return { electionTimeoutMillis: FAST_ELECTION_TIMEOUT_MS, heartbeatIntervalMillis: 500, ...noCatchUp };
}

/** Server parameters of each member. */
export const mongodbParameters = (members: number): Readonly<Record<string, string | number | boolean>> => ({
  diagnosticDataCollectionEnabled: false,
  // A primary waits at SIGTERM for a successor, 15 s by default. A single member has none; others are there at once.
  shutdownTimeoutMillisForSignaledShutdown: members === 1 ? 0 : 3_000,
  // The transactions of a killed client keep their locks this long (60 s by default): nothing else ends them.
  transactionLifetimeLimitSeconds: 3,
});
