import { logTimeOf } from './log-time.ts';
import { type Incident, type LogExcerpt, type Testimony, testimonyIn } from './testimony.ts';

/**
 * Patroni's own words for: its PostgreSQL does not run; it is told to hand over; nobody holds the leader key any more, for
 * it expired or was given back, and the members ask one another who is to take it.
 */
const DETECTED =
  / (WARNING: Postgresql is not running|INFO: Primary crashed|INFO: received switchover request|INFO: Lock owner: None|INFO: Leader key released|WARNING: Request failed to |INFO: following a different leader because i am not the healthiest node)/;
const PROMOTED = / INFO: promoted self to leader/;
/** PostgreSQL's words; a primary that is started again keeps its role and has nothing to promote. */
const READY_AGAIN = / LOG: +database system is ready to accept connections/;

/** What the logs of the members' Patroni say of a failover of PostgreSQL. */
export function patroniWitness(logs: readonly LogExcerpt[], incident: Incident): Testimony {
  const elected = incident.successor === incident.former ? READY_AGAIN : PROMOTED;
  return testimonyIn(logs, incident, {
    timeOf: logTimeOf,
    isDetection: (line) => DETECTED.test(line),
    isElection: (line) => elected.test(line),
  });
}
