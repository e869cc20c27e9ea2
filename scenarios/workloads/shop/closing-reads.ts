import type { TimedRequest } from '../../model/plan.ts';

/** Between one customer's question and the next: a brisk walk, not a stampede on two cores. */
const SPACING_MS = 15;

/** How each thing that customers ask for is looked at afterwards. */
const READ_OF: Readonly<Record<string, string>> = { 'place-order': 'get-order', 'start-payment': 'get-payment' };

/** Every customer looks at the order or payment once more; one whose request was never acknowledged has nothing to look at. */
export function closingReads(requests: readonly TimedRequest[]): readonly TimedRequest[] {
  return requests
    .flatMap(({ id, op, after }) => {
      const read = READ_OF[op];
      return read === undefined || after !== undefined ? [] : [{ id: `${id}-closing`, op: read, after: id, input: {} }];
    })
    .map((request, index) => ({ ...request, atMs: index * SPACING_MS }));
}
