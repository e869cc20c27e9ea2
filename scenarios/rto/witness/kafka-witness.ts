import { logTimeOf } from './log-time.ts';
import { firstSighting, type Incident, type LogExcerpt, type Testimony } from './testimony.ts';

/**
 * What the brokers' logs say of a failover: of a partition, whose leader the controller fences when it has not heard from it
 * for a session; or of the controller, whom the others of the quorum miss when it does not answer their fetches.
 */
export function kafkaWitness(logs: readonly LogExcerpt[], incident: Incident): Testimony {
  const { nodes, former, successor, of } = incident;
  // Node ids are the places in the cluster, from 1.
  const id = nodes.indexOf(former) + 1;
  const [detected, elected] =
    of?.kind === 'partition'
      ? [`Fencing broker ${id} at epoch `, `] Leader ${of.topic}-${of.partition} with topic id `]
      : ['the leader is (none).', 'Becoming the active controller'];
  return {
    detected: firstSighting(logs, incident, logTimeOf, (line) => line.includes(detected)),
    elected: firstSighting(
      logs,
      incident,
      logTimeOf,
      (line, component) => component === successor && line.includes(elected),
    ),
  };
}
