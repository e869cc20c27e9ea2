import type { HoldStatus } from './hold.ts';

/** How a product's stock changes per unit held. `total` counts what is still owned: available + reserved. */
export interface StockChange {
  readonly available: -1 | 0 | 1;
  readonly reserved: -1 | 0 | 1;
  readonly total: -1 | 0;
}

const TAKEN: StockChange = { available: -1, reserved: 1, total: 0 };
const SOLD: StockChange = { available: 0, reserved: -1, total: -1 };
const RETURNED: StockChange = { available: 1, reserved: -1, total: 0 };

/** What a change of a hold's status does to the stock of its lines; undefined when it does nothing. */
export function stockChange(from: HoldStatus | undefined, to: HoldStatus): StockChange | undefined {
  if (from === undefined) return to === 'RESERVED' ? TAKEN : undefined;
  if (from !== 'RESERVED') throw new Error(`a hold that is ${from} cannot become ${to}`);
  if (to === 'CONFIRMED') return SOLD;
  if (to === 'CANCELLED' || to === 'EXPIRED') return RETURNED;
  throw new Error(`a hold that is RESERVED cannot become ${to}`);
}
