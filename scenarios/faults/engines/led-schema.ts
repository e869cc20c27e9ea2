import { z } from 'zod';
import type { Engine } from '#sut/contract/components.ts';
import type { Led } from '#sut/contract/environment.ts';

/** What the leader leads that a fault aims at. */
export const ledSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('partition'), topic: z.string().min(1), partition: z.int().min(0) }),
  z.strictObject({ kind: z.literal('slot'), slot: z.int().min(0).max(16_383) }),
]);
const ENGINE_OF = { partition: 'kafka', slot: 'redis' } as const;

/** Whether an engine has such leaders; without `of` every engine has one. */
export const hasSuchLeader = ({ engine, of }: { readonly engine: Engine; readonly of?: Led | undefined }): boolean =>
  of === undefined || ENGINE_OF[of.kind] === engine;
