import { logTimeOf } from './log-time.ts';
import { type Incident, type LogExcerpt, type Testimony, testimonyIn } from './testimony.ts';

/** A majority of the masters agrees that a node is gone; the others are told. */
const DETECTED = /Marking node \S+( \([^)]*\))? as failing \(quorum reached\)|FAIL message received from/;
const ELECTED = /Failover election won/;

/** What the logs of a Redis cluster say of a failover. */
export function redisWitness(logs: readonly LogExcerpt[], incident: Incident): Testimony {
  return testimonyIn(logs, incident, {
    timeOf: logTimeOf,
    isDetection: (line) => DETECTED.test(line),
    isElection: (line) => ELECTED.test(line),
  });
}
