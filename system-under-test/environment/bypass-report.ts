import { existsSync } from 'node:fs';
import { type Bypass as LoggedBypass, readBypasses, readRegistrations } from '#toxiproxy/redirect/bypass-log.ts';
import type { ComponentName } from '../contract/components.ts';
import type { Bypass } from '../contract/environment.ts';

/**
 * Connections outside every link since `sinceMs` (wall clock), each client and target once. A client that never
 * registered is reported as well: its connections were not looked at, and an empty log would prove nothing.
 */
export function bypassReport(logFile: string, clients: readonly ComponentName[], sinceMs: number): readonly Bypass[] {
  const logged: readonly LoggedBypass[] = existsSync(logFile) ? readBypasses(logFile) : [];
  const registered = new Set(existsSync(logFile) ? readRegistrations(logFile).map(({ client }) => client) : []);
  const found = new Map<string, Bypass>();
  // A line that cannot be read has no time; it counts.
  for (const { client, target } of logged.filter((bypass) => bypass.atMs >= sinceMs || bypass.atMs === 0)) {
    found.set(`${client} ${target}`, { client: client as ComponentName, target });
  }
  for (const client of clients.filter((name) => !registered.has(name))) {
    found.set(client, { client, target: 'unknown: its connections are not redirected' });
  }
  return [...found.values()];
}
