/** One step of a saga as the specification has it: what is asked of whom, and what takes it back. */
interface SpecifiedStep {
  readonly command: string;
  readonly compensation?: string;
  /** Left out when there is nothing to do for it. */
  readonly isOptional?: boolean;
}

interface SpecifiedSaga {
  /** The message that starts it; empty when a client's request does. */
  readonly startedBy: string;
  /** The message by which a client calls it off. */
  readonly cancelledBy?: string;
  readonly steps: readonly SpecifiedStep[];
  /** What a compensated saga still has to do, in order. */
  readonly closing: readonly string[];
}

/** The judge's own copy of the specification, on purpose not the orchestrator's. */
const SPECIFICATION: Readonly<Record<string, SpecifiedSaga>> = {
  order: {
    startedBy: 'order.created',
    cancelledBy: 'order.cancel-requested',
    steps: [
      { command: 'user.hold-limit', compensation: 'user.release-limit' },
      { command: 'inventory.reserve', compensation: 'inventory.cancel' },
      { command: 'wallet.redeem-points', compensation: 'wallet.give-back-points', isOptional: true },
      { command: 'payment.charge', compensation: 'payment.refund' },
      { command: 'inventory.confirm' },
      { command: 'wallet.credit-points' },
      { command: 'order.confirm' },
      { command: 'notification.send-confirmation' },
    ],
    closing: ['order.cancel', 'notification.send-cancellation'],
  },
  payment: {
    startedBy: '',
    steps: [
      { command: 'payment.charge', compensation: 'payment.refund' },
      { command: 'wallet.top-up' },
      { command: 'notification.send-confirmation' },
    ],
    closing: ['notification.send-cancellation'],
  },
};

/** Type of a message -> the commands that may be sent on account of it. */
type Successors = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * For each type of saga, which command may follow which answer: forwards step by step, after a refusal or a cancellation backwards in
 * reverse order of the steps, and the closing commands last.
 */
export const SUCCESSORS: ReadonlyMap<string, Successors> = new Map(
  Object.entries(SPECIFICATION).map(([type, saga]) => [type, successorsIn(saga)]),
);

function successorsIn({ startedBy, cancelledBy, steps, closing }: SpecifiedSaga): Successors {
  const successors = new Map<string, ReadonlySet<string>>();
  const forwards = (from: number): ReadonlySet<string> =>
    new Set(throughFirstSure(steps.slice(from)).map(({ command }) => command));
  const backwards = (before: number): ReadonlySet<string> => {
    const candidates = throughFirstSure(steps.slice(0, before).toReversed());
    const undoing = candidates.flatMap(({ compensation }) => compensation ?? []);
    return new Set(undoing.length > 0 ? undoing : closing.slice(0, 1));
  };
  if (startedBy !== '') successors.set(startedBy, forwards(0));
  steps.forEach(({ command, compensation }, index) => {
    successors.set(`${command}.done`, forwards(index + 1));
    successors.set(`${command}.rejected`, backwards(index));
    if (compensation !== undefined) successors.set(`${compensation}.done`, backwards(index));
  });
  closing.forEach((command, index) => {
    successors.set(`${command}.done`, new Set(closing.slice(index + 1, index + 2)));
  });
  if (cancelledBy !== undefined) {
    successors.set(cancelledBy, new Set(steps.flatMap(({ compensation }) => compensation ?? [])));
  }
  return successors;
}

/** The next steps that may be meant: optional ones, up to the first that is never left out. */
function throughFirstSure(steps: readonly SpecifiedStep[]): readonly SpecifiedStep[] {
  const sure = steps.findIndex(({ isOptional }) => isOptional !== true);
  return sure < 0 ? steps : steps.slice(0, sure + 1);
}
