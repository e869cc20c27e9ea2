import { logTimeOf } from './log-time.ts';
import { firstSighting, type Incident, type LogExcerpt, type Testimony } from './testimony.ts';

/** A majority of the masters agrees that a node is gone; the others are told. */
const DETECTED = /Marking node \S+( \([^)]*\))? as failing \(quorum reached\)|FAIL message received from/;
const ELECTED = /Failover election won/;

/** What the logs of a Redis cluster say of a failover. */
export function redisWitness(logs: readonly LogExcerpt[], incident: Incident): Testimony {
  return {
    detected: firstSighting(logs, incident, logTimeOf, (line) => DETECTED.test(line)),
    elected: firstSighting(
      logs,
      incident,
      logTimeOf,
      (line, component) => component === incident.successor && ELECTED.test(line),
    ),
  };
}
