import type { ComponentName, Engine } from '#sut/contract/components.ts';
import type { Led } from '#sut/contract/environment.ts';

/** What a server wrote since shortly before the fault. */
export interface LogExcerpt {
  readonly component: ComponentName;
  readonly text: string;
}

/** The failover that a log is asked about; `struckAtMs` by the clock on the wall. */
export interface Incident {
  readonly engine: Engine;
  /** Every node of the engine, in order. */
  readonly nodes: readonly ComponentName[];
  readonly former: ComponentName;
  readonly successor: ComponentName;
  readonly of?: Led | undefined;
  readonly struckAtMs: number;
}

/** A line of a server's log that tells when something happened. */
export interface LogSighting {
  readonly component: ComponentName;
  /** By the clock on the wall, ms. */
  readonly atMs: number;
  /** How finely the log tells time, ms. */
  readonly resolutionMs: number;
  readonly line: string;
}

/** What the servers themselves say of a failover; absent: no line tells. */
export interface Testimony {
  /** The first of them to notice that the leader is gone, or to be told to replace it. */
  readonly detected?: LogSighting | undefined;
  /** The successor takes the lead. */
  readonly elected?: LogSighting | undefined;
}

const LONGEST_LINE = 300;

/**
 * The earliest line since the fault that `isIt` takes; `timeOf` reads a line's time. A log that tells time coarsely may
 * date what came after the fault before it.
 */
function firstSighting(
  logs: readonly LogExcerpt[],
  { struckAtMs }: Pick<Incident, 'struckAtMs'>,
  timeOf: (line: string) => Pick<LogSighting, 'atMs' | 'resolutionMs'> | undefined,
  isIt: (line: string, component: ComponentName) => boolean,
): LogSighting | undefined {
  let first: LogSighting | undefined;
  for (const { component, text } of logs) {
    for (const line of text.split('\n')) {
      if (!isIt(line, component)) continue;
      const time = timeOf(line);
      if (time === undefined || time.atMs + time.resolutionMs < struckAtMs) continue;
      if (first === undefined || time.atMs < first.atMs)
        first = { component, ...time, line: line.slice(0, LONGEST_LINE) };
    }
  }
  return first;
}

/** How an engine's logs tell of a failover: any node's line of its detection, the successor's own line of its election. */
export interface Tell {
  timeOf(line: string): Pick<LogSighting, 'atMs' | 'resolutionMs'> | undefined;
  isDetection(line: string): boolean;
  isElection(line: string): boolean;
}

/** The first line of each kind since the fault; what is noticed only once another leads is somebody's late awakening. */
export function testimonyIn(logs: readonly LogExcerpt[], incident: Incident, tell: Tell): Testimony {
  const noticed = firstSighting(logs, incident, tell.timeOf, tell.isDetection);
  const elected = firstSighting(
    logs,
    incident,
    tell.timeOf,
    (line, component) => component === incident.successor && tell.isElection(line),
  );
  const isLate = noticed !== undefined && elected !== undefined && noticed.atMs > elected.atMs + elected.resolutionMs;
  return { detected: isLate ? undefined : noticed, elected };
}
