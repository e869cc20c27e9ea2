import { z } from 'zod';
import { type Incident, type LogExcerpt, type Testimony, testimonyIn } from './testimony.ts';

const lineSchema = z.object({ t: z.object({ $date: z.iso.datetime({ offset: true }) }) });

/** Of an election that a member calls because it sees no primary, or because the primary asked it to. */
const DETECTED = /"msg":"(Starting an election|Attempting to step down)/;
const ELECTED = /"msg":"Transition to primary complete/;

/** What a replica set's logs (JSON, one object per line) say of a failover. */
export function mongodbWitness(logs: readonly LogExcerpt[], incident: Incident): Testimony {
  return testimonyIn(logs, incident, {
    timeOf,
    isDetection: (line) => DETECTED.test(line),
    isElection: (line) => ELECTED.test(line),
  });
}

function timeOf(line: string) {
  try {
    return { atMs: Date.parse(lineSchema.parse(JSON.parse(line)).t.$date), resolutionMs: 1 };
  } catch {
    return undefined;
  }
}
