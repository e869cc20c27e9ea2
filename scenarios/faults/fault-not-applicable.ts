import type { ComponentStatus } from '#sut/contract/environment.ts';

/** The target was not in the state that the fault starts from. */
export class FaultNotApplicable extends Error {
  constructor(fault: string, { name, state }: Pick<ComponentStatus, 'name' | 'state'>) {
    super(`${fault} needs ${name} running, but it is ${state}`);
    this.name = 'FaultNotApplicable';
  }
}
