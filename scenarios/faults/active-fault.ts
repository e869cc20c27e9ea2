import type { ActiveFault } from '../model/fault.ts';

interface Parts {
  readonly evidence: ActiveFault['evidence'];
  readonly healedEvidence: ActiveFault['healedEvidence'];
  /** Undoes the harm; called once, however often the fault is disposed. */
  heal(): Promise<void>;
}

/** An active fault whose disposal heals exactly once: later disposals share the outcome of the first. */
export function activeFault({ evidence, healedEvidence, heal }: Parts): ActiveFault {
  let healing: Promise<void> | undefined;
  return {
    evidence,
    healedEvidence,
    [Symbol.asyncDispose]: () => {
      healing ??= heal();
      return healing;
    },
  };
}
