import { logTimeOf } from './log-time.ts';
import { type Incident, type LogExcerpt, type Testimony, testimonyIn } from './testimony.ts';

/**
 * Patroni's own words for: its PostgreSQL does not run; it is told to hand over; nobody holds the leader key any more, for
 * it expired or was given back.
 */
const DETECTED =
  / (WARNING: Postgresql is not running|INFO: Primary crashed|INFO: received switchover request|INFO: Lock owner: None|INFO: Leader key released)/;
const ELECTED = / INFO: promoted self to leader/;

/** What the logs of the members' Patroni say of a failover of PostgreSQL. */
export function patroniWitness(logs: readonly LogExcerpt[], incident: Incident): Testimony {
  return testimonyIn(logs, incident, {
    timeOf: logTimeOf,
    isDetection: (line) => DETECTED.test(line),
    isElection: (line) => ELECTED.test(line),
  });
}
