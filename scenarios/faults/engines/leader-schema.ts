import { z } from 'zod';
import { detectionSchema, engineSchema, topologySchema } from './engine-fault.ts';

const ledSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('partition'), topic: z.string().min(1), partition: z.int().min(0) }),
  z.strictObject({ kind: z.literal('slot'), slot: z.int().min(0).max(16_383) }),
]);
const ENGINE_OF = { partition: 'kafka', slot: 'redis' } as const;

/** Which leader a fault aims at. */
export const leaderSchema = z
  .strictObject({
    engine: engineSchema,
    topology: topologySchema,
    /** What it leads; absent: as `Environment.leader`. */
    of: ledSchema.optional(),
    detection: detectionSchema.optional(),
  })
  .refine(({ engine, of }) => of === undefined || ENGINE_OF[of.kind] === engine, 'the engine has no such leader');
