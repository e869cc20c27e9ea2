import { placeOrder } from '../probes/place-order.ts';

/** A plan of a measurement, with the publisher of its environment, for tests to vary. */
export const SAMPLE_PLAN = {
  topology: 'compact',
  publisher: 'relay',
  component: 'postgres',
  failure: 'kill',
  probe: placeOrder,
  trials: 1,
  downMs: 1_000,
  intervalMs: 25,
  seed: 7,
} as const;
