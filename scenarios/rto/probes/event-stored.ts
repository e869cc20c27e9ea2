import { z } from 'zod';
import { eventsTopic } from '#sut/contract/topics.ts';
import { userRequest } from './create-user.ts';
import { effectProbe } from './effect-probe.ts';
import { create, read } from './http-answer.ts';

const answerSchema = z.object({ events: z.array(z.object({ version: z.int() })) });

/** A new user's event is in the audit trail: user -> outbox -> topic -> event store; no saga. */
export const eventStored = effectProbe({
  name: 'event-stored',
  summary: "PUT /users/:id, then GET /events at the event store until the user's event is there",
  intervalMs: 50,
  timeoutMs: 10_000,
  at: 'event-store',
  causeAt: (gateway) => async (key, signal) => {
    await create(gateway, userRequest(key), signal);
    return key;
  },
  async isVisible(eventStore, id, signal) {
    const path = `/events?topic=${eventsTopic('user')}&aggregate=${id}`;
    const { events } = await read(eventStore, path, answerSchema, signal);
    return events.length > 0;
  },
});
