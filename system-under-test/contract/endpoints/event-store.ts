import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { EVENT_SOURCES, eventsTopic } from '../topics.ts';
import { timeSchema } from './common.ts';

/** Visible characters: an aggregate may be anything that a service has a name for. */
const idSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters');
const topicSchema = z.enum(EVENT_SOURCES.map(eventsTopic));
const limitSchema = z.coerce.number().int().min(1).max(1_000);
/** Both ends are missing. */
const missingSchema = z.tuple([z.int(), z.int()]);

const eventSchema = z.object({
  position: z.int(),
  message_id: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
  aggregate_id: z.string(),
  version: z.int(),
  type: z.string(),
  data: z.unknown(),
  headers: z.record(z.string(), z.string()),
  stored_at: timeSchema,
});

/** Public routes of the event store. */
export const EVENT_STORE_ENDPOINTS = {
  list: endpoint({
    method: 'GET',
    path: '/events',
    summary:
      'Events: of one aggregate by topic and version, of all by position; `next` is the `after` of the next page',
    query: z.object({
      aggregate: idSchema.optional(),
      topic: topicSchema.optional(),
      after: z.coerce.number().int().min(0).default(0),
      limit: limitSchema.default(100),
    }),
    answers: { 200: z.object({ events: z.array(eventSchema), next: z.int().nullable() }) },
  }),
  replay: endpoint({
    method: 'GET',
    path: '/events/replay',
    summary: 'An aggregate folded from its events, up to the first that is missing',
    query: z.object({ topic: topicSchema, aggregate: idSchema }),
    answers: {
      200: z.object({
        topic: topicSchema,
        aggregate_id: z.string(),
        /** Null when the first event is missing. */
        state: z.record(z.string(), z.unknown()).nullable(),
        version: z.int(),
        events: z.int(),
        missing: missingSchema.nullable(),
      }),
    },
    errors: { 404: 'no events of it' },
  }),
  gaps: endpoint({
    method: 'GET',
    path: '/events/gaps',
    summary: 'Versions that are missing although later ones are there',
    query: z.object({ limit: limitSchema.default(1_000) }),
    answers: {
      200: z.object({
        gaps: z.array(z.object({ topic: z.string(), aggregate_id: z.string(), missing: missingSchema })),
      }),
    },
  }),
  read: endpoint({
    method: 'GET',
    path: '/events/:message_id',
    summary: 'An event by the id of its message',
    params: z.object({ message_id: idSchema }),
    answers: { 200: eventSchema },
    errors: { 404: 'no such event' },
  }),
};
