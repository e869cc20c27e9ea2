import { z } from 'zod';
import { ALL_COMPONENTS, DETECTIONS, PUBLISHERS, TOPOLOGIES } from '#sut/contract/components.ts';

const durationSchema = z.number().min(0);
const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });
const distributionSchema = z.object({
  count: z.int().min(1),
  min: durationSchema,
  p50: estimateSchema,
  p95: estimateSchema,
  max: durationSchema,
});

/** What is gated and summarized, all counted from the fault: `first-ack` is the recovery time (RTO) in the usual sense. */
export const RECOVERY_METRICS = ['first-ack', 'throughput-back', 'total'] as const;
export type RecoveryMetric = (typeof RECOVERY_METRICS)[number];

export const RECOVERY_FAILURES = ['kill', 'stop', 'pause', 'switchover'] as const;
export type RecoveryFailure = (typeof RECOVERY_FAILURES)[number];

/** A line of a server's log; `atMs` counts from the fault. */
const sightingSchema = z.object({
  component: z.enum(ALL_COMPONENTS),
  atMs: z.number(),
  /** How finely the log tells time. */
  resolutionMs: durationSchema,
  line: z.string(),
});

/** Of a failover: when another node led, seen by the harness and told by the servers' own logs. */
const witnessSchema = z.object({
  newLeaderMs: z.number().optional(),
  detected: sightingSchema.optional(),
  elected: sightingSchema.optional(),
  /** Where the two differ by more than 100 ms and what the log cannot tell apart; `differenceMs`: harness minus log. */
  disagreements: z.array(
    z.object({
      moment: z.literal('new-leader'),
      harnessMs: z.number(),
      logMs: z.number(),
      differenceMs: z.number(),
      log: z.enum(ALL_COMPONENTS),
    }),
  ),
});

const trialSchema = z.object({
  trial: z.int().min(1),
  /** Acknowledged writes per second before the fault. */
  baselineRate: z.number(),
  /** Proof that the fault bit and that it was healed, as told by the fault's own instruments. */
  evidence: z.string().optional(),
  healedEvidence: z.string().optional(),
  /** Milliseconds per phase; their sum is `timesMs.total`. */
  phasesMs: z.object({
    'first-error': durationSchema.optional(),
    'fault-proven': durationSchema.optional(),
    'heal-begun': durationSchema.optional(),
    'failure-detected': durationSchema.optional(),
    'new-leader': durationSchema.optional(),
    'first-ack': durationSchema.optional(),
    'throughput-back': durationSchema.optional(),
    'backlog-drained': durationSchema.optional(),
  }),
  timesMs: z
    .object({ 'first-ack': durationSchema, 'throughput-back': durationSchema, total: durationSchema })
    .optional(),
  writes: z.object({
    acknowledged: z.int(),
    failed: z.int(),
    /** Acknowledged, but not there afterwards: the recovery point (RPO). */
    missing: z.int(),
    /** Could not be read back, so nothing is known about them. */
    unread: z.int(),
  }),
  /** Of a failover: the longest time without an acknowledgement. */
  silenceMs: durationSchema.optional(),
  witness: witnessSchema.optional(),
  /** Why this trial measures nothing; empty when it does. */
  unproven: z.array(z.string()),
});
export type Trial = z.infer<typeof trialSchema>;

/** The JSON of `chaos rto`; times in milliseconds. */
export const recoveryResultSchema = z.object({
  kind: z.literal('chaos-recovery'),
  formatVersion: z.literal(1),
  component: z.enum(ALL_COMPONENTS),
  failure: z.enum(RECOVERY_FAILURES),
  topology: z.enum(TOPOLOGIES),
  /** Who brought outbox rows to their topics; older files lack it. */
  publisher: z.enum(PUBLISHERS).optional(),
  /** Of a failover: how soon the servers take a silent fellow for dead. */
  detection: z.enum(DETECTIONS).optional(),
  /** Another instance of the service took over, so `downMs` is no part of the recovery. */
  isTakeover: z.boolean().optional(),
  probe: z.string(),
  downMs: durationSchema,
  intervalMs: durationSchema,
  startedAt: z.string(),
  seed: z.int(),
  trials: z.array(trialSchema),
  /** Over the proven trials; absent without any. */
  metrics: z
    .object({ 'first-ack': distributionSchema, 'throughput-back': distributionSchema, total: distributionSchema })
    .optional(),
  rpo: z.object({ acknowledged: z.int(), missing: z.int(), unread: z.int(), isGated: z.boolean() }),
  gate: z
    .object({
      metric: z.enum(RECOVERY_METRICS),
      quantile: z.number(),
      maxMs: durationSchema,
      actualMs: durationSchema.optional(),
    })
    .optional(),
  outcome: z.enum(['holds', 'violated', 'inconclusive']),
  reasons: z.array(z.string()),
});
export type RecoveryResult = z.infer<typeof recoveryResultSchema>;
