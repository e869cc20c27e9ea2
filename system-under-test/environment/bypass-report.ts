import { existsSync } from 'node:fs';
import { readBypasses, readRegistrations } from '#toxiproxy/redirect/bypass-log.ts';
import type { ComponentName } from '../contract/components.ts';
import type { Bypass } from '../contract/environment.ts';

/** How many connections outside every link the log has by now. */
export const countBypasses = (logFile: string): number => (existsSync(logFile) ? readBypasses(logFile).length : 0);

/**
 * Connections outside every link but for the first `countBefore` of the log, each client and target once. A client that
 * never registered is reported as well: its connections were not looked at, and an empty log would prove nothing.
 */
export function bypassReport(
  logFile: string,
  clients: readonly ComponentName[],
  countBefore: number,
): readonly Bypass[] {
  // By place and not by time: a service whose clock was set back writes times from before the run.
  const logged = existsSync(logFile) ? readBypasses(logFile).slice(countBefore) : [];
  const registered = new Set(existsSync(logFile) ? readRegistrations(logFile).map(({ client }) => client) : []);
  const found = new Map<string, Bypass>();
  for (const { client, target } of logged) {
    found.set(`${client} ${target}`, { client: client as ComponentName, target });
  }
  for (const client of clients.filter((name) => !registered.has(name))) {
    found.set(client, { client, target: 'unknown: its connections are not redirected' });
  }
  return [...found.values()];
}
