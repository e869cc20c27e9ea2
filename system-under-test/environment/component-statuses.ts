import { componentsOf } from '../contract/components.ts';
import type { ComponentStatus } from '../contract/environment.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import type { ChildStatus } from './keeper/protocol.ts';

/** The keeper's children as components; one that was never started counts as exited. */
export function componentStatuses(
  record: EnvironmentRecord,
  children: readonly ChildStatus[],
): readonly ComponentStatus[] {
  const byName = new Map(children.map((child) => [child.name, child]));
  return componentsOf(record.topology, record.publisher).map((name) => {
    const child = byName.get(name);
    return {
      name,
      state: child?.state ?? 'exited',
      pid: child?.pid,
      starts: child?.starts ?? 0,
      version: record.versions[name] ?? 'unknown',
      port: record.ports[name] ?? 0,
    };
  });
}
