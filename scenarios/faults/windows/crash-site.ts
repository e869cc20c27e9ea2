import {
  type ComponentName,
  componentsOf,
  type Engine,
  type Link,
  linksTo,
  nodesOf,
  serviceOf,
  type Topology,
} from '#sut/contract/components.ts';
import { STORES, type StoredService } from '#sut/contract/stores.ts';
import {
  commandsTopic,
  EVENT_SOURCES,
  type EventSource,
  eventsTopic,
  PARTICIPANTS,
  repliesTopic,
} from '#sut/contract/topics.ts';

/** Services that publish what they commit. (The event store only writes dead letters.) */
export const PUBLISHING_SERVICES = EVENT_SOURCES satisfies readonly StoredService[];
export type PublishingService = EventSource;

/** Whoever takes part when a service brings a committed row to its topic. */
export interface CrashSite {
  readonly service: PublishingService;
  readonly topology: Topology;
  readonly engine: Engine;
  /** Processes of the service. */
  readonly instances: readonly ComponentName[];
  /** Processes that hold its database; one of them is the primary. */
  readonly nodes: readonly ComponentName[];
  readonly storeLinks: readonly Link['name'][];
  readonly kafkaLinks: readonly Link['name'][];
  /** Topics that nobody else writes. */
  readonly topics: readonly string[];
}

export function crashSite(service: PublishingService, topology: Topology): CrashSite {
  const { engine } = STORES[service];
  const instances = componentsOf(topology).filter((component) => serviceOf(component) === service);
  return {
    ...{ service, topology, engine, instances },
    nodes: nodesOf(topology, engine),
    storeLinks: instances.flatMap((instance) => linksTo(topology, instance, engine)),
    kafkaLinks: instances.flatMap((instance) => linksTo(topology, instance, 'kafka')),
    topics:
      service === 'orchestrator'
        ? [eventsTopic(service), ...PARTICIPANTS.map(commandsTopic)]
        : [eventsTopic(service), repliesTopic(service)],
  };
}
