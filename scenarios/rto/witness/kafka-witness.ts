import { logTimeOf } from './log-time.ts';
import { type Incident, type LogExcerpt, type Testimony, testimonyIn } from './testimony.ts';

/**
 * What the brokers' logs say of a failover: of a partition, whose leader the controller fences when it has not heard from it
 * for a session; or of the controller, whom the others of the quorum miss when it does not answer their fetches.
 */
export function kafkaWitness(logs: readonly LogExcerpt[], incident: Incident): Testimony {
  const { nodes, former, of } = incident;
  // Node ids are the places in the cluster, from 1.
  const id = nodes.indexOf(former) + 1;
  const [detected, elected] =
    of?.kind === 'partition'
      ? [`Fencing broker ${id} at epoch `, `] Leader ${of.topic}-${of.partition} with topic id `]
      : ['the leader is (none).', 'Becoming the active controller'];
  return testimonyIn(logs, incident, {
    timeOf: logTimeOf,
    isDetection: (line) => line.includes(detected),
    isElection: (line) => line.includes(elected),
  });
}
