import { type Engine, entriesOf } from '../contract/components.ts';
import type { EnvironmentRecord } from './environment-record.ts';

/** Real ports that clients of an engine connect to: one, or every member of a cluster. */
export const entryPorts = (record: EnvironmentRecord, engine: Engine): readonly number[] =>
  entriesOf(record.topology, engine).flatMap((name) => record.ports[name] ?? []);
