import type { StoredService } from './stores.ts';

/**
 * Topics of the shop. `<service>.events` carries domain facts, `<service>.commands` what the orchestrator asks
 * of a participant, `<service>.replies` the answers. One service writes each topic, so the versions of an
 * aggregate in a topic are 1, 2, 3 …
 */
export const PARTICIPANTS = ['order', 'inventory', 'payment', 'notification', 'user', 'wallet'] as const;
export type Participant = (typeof PARTICIPANTS)[number];

/** Who publishes domain events. */
export const EVENT_SOURCES = [...PARTICIPANTS, 'orchestrator'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

export const eventsTopic = (service: EventSource): string =>
  service === 'orchestrator' ? 'saga.events' : `${service}.events`;
export const commandsTopic = (participant: Participant): string => `${participant}.commands`;
export const repliesTopic = (participant: Participant): string => `${participant}.replies`;
/** Messages that a service could not read, kept for a person; written through its outbox. */
export const deadLettersTopic = (service: StoredService): string => `${service}.dead-letters`;

/**
 * Which service consumes which topics; its consumer group is `<service>`. What is missing here is neither waited for at the end
 * of a run nor judged.
 */
export const SUBSCRIPTIONS: Readonly<Record<StoredService, readonly string[]>> = {
  order: [commandsTopic('order')],
  inventory: [commandsTopic('inventory')],
  payment: [commandsTopic('payment')],
  notification: [commandsTopic('notification'), eventsTopic('user')],
  user: [commandsTopic('user')],
  wallet: [commandsTopic('wallet')],
  'event-store': EVENT_SOURCES.map(eventsTopic),
  orchestrator: [eventsTopic('order'), ...PARTICIPANTS.map(repliesTopic)],
};

export const TOPICS: readonly string[] = [
  ...EVENT_SOURCES.map(eventsTopic),
  ...PARTICIPANTS.flatMap((p) => [commandsTopic(p), repliesTopic(p)]),
  ...(Object.keys(SUBSCRIPTIONS) as StoredService[]).map(deadLettersTopic),
];

export const TOPIC_SETTINGS = {
  partitions: 6,
  config: { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.9', 'segment.ms': '86400000' },
} as const;
