import { z } from 'zod';
import type { RunRecord } from '#reports/model/run-report.ts';
import { CHANNELS } from '#sut/contract/command-data.ts';
import { PUBLISHERS, TOPOLOGIES } from '#sut/contract/components.ts';
import { PARTICIPANTS } from '#sut/contract/topics.ts';
import { STEP_POINTS } from '../../model/fault-schedule.ts';

/** The format of `run.json`: what was run, where and with what. */
export const runRecordSchema = z.object({
  formatVersion: z.literal(1),
  runId: z.string(),
  scenario: z.string(),
  summary: z.string(),
  topology: z.string(),
  // Runs of before there was a choice.
  publisher: z.string().default('relay'),
  seed: z.number(),
  defect: z.string().exactOptional(),
  startedAt: z.string(),
  versions: z.record(z.string(), z.string()),
  invariants: z.array(z.string()),
  objectives: z.object({ rtoMs: z.number(), minSuccessRate: z.number(), maxP99Ms: z.number() }),
  repeat: z.string(),
}) satisfies z.ZodType<RunRecord>;

const sagaPointSchema = z.object({
  participant: z.enum(PARTICIPANTS),
  action: z.string(),
  point: z.enum(STEP_POINTS),
});

const requestSchema = z.object({
  id: z.string(),
  atMs: z.number(),
  op: z.string(),
  after: z.string().exactOptional(),
  afterMs: z.number().exactOptional(),
  when: sagaPointSchema.exactOptional(),
  input: z.record(z.string(), z.unknown()),
});

const triggerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('time'), atMs: z.number() }),
  sagaPointSchema.extend({
    kind: z.literal('event'),
    nth: z.int().min(1),
    notBeforeMs: z.number(),
  }),
]);

/** The format of `plan.json`, which a person may have edited. */
export const planSchema = z.object({
  formatVersion: z.literal(1),
  scenario: z.string(),
  // Plans of before there was a choice.
  topology: z.enum(TOPOLOGIES).default('compact'),
  publisher: z.enum(PUBLISHERS).default('relay'),
  seed: z.number(),
  stormMs: z.number(),
  orders: z.number(),
  products: z.array(z.object({ id: z.string(), priceMinor: z.number(), stock: z.number() })),
  // Plans of before there were users and wallets seed none.
  users: z.array(z.object({ id: z.string(), limitMinor: z.number(), channel: z.enum(CHANNELS) })).default([]),
  wallets: z.array(z.object({ userId: z.string(), points: z.number(), isFrozen: z.boolean() })).default([]),
  warmUp: z.array(requestSchema),
  requests: z.array(requestSchema),
  schedule: z.object({
    seed: z.number(),
    steps: z.array(
      z.object({
        id: z.string(),
        fault: z.string(),
        params: z.unknown(),
        trigger: triggerSchema,
        durationMs: z.number(),
      }),
    ),
  }),
});
