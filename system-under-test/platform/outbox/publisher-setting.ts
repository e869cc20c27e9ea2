import { PUBLISHERS, type Publisher } from '#sut/contract/components.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import type { Settings } from '../service/settings.ts';

/** Who brings outbox rows to their topics; throws an error naming the variable when it is somebody unknown. */
export function publisherOf(settings: Pick<Settings, 'optional'>): Publisher {
  const text = settings.optional(SETTINGS.outboxPublisher) ?? 'relay';
  const publisher = PUBLISHERS.find((each) => each === text);
  if (publisher === undefined) throw new Error(`${SETTINGS.outboxPublisher} must be relay or debezium, got "${text}"`);
  return publisher;
}
