import { INVARIANTS, type InvariantName } from '#invariants/checkers/catalog.ts';

/** What must hold of the shop whatever is done to it: every invariant there is, or one could be forgotten and never be judged. */
export const SHOP_INVARIANTS = Object.keys(INVARIANTS) as readonly InvariantName[];
