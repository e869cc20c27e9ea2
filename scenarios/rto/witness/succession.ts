import { z } from 'zod';
import { ALL_COMPONENTS, type ComponentName } from '#sut/contract/components.ts';

/** A change of leaders as the harness saw it; `struckAtMs` by the clock on the wall. */
export interface Succession {
  readonly former: ComponentName;
  readonly successor: ComponentName;
  readonly struckAtMs: number;
  readonly failoverMs: number;
}

const schema = z.object({
  former: z.enum(ALL_COMPONENTS),
  successor: z.enum(ALL_COMPONENTS),
  struckAtMs: z.number(),
  failoverMs: z.number(),
});

/** Reads it off the numbers in a fault's evidence; `undefined` when that is about something else. */
export const successionIn = (values: unknown): Succession | undefined => schema.safeParse(values).data;
