import { ALL_COMPONENTS, type ComponentName } from '#sut/contract/components.ts';
import type { Capability, Preparation } from '#sut/contract/environment.ts';
import { faultNamed } from '../faults/catalog.ts';
import type { FaultSchedule } from '../model/fault-schedule.ts';

/** What an environment must be prepared for, so that every fault of a schedule is possible there. */
export function preparationOf({ steps }: Pick<FaultSchedule, 'steps'>): Preparation {
  const needing = (capability: Capability): readonly ComponentName[] => {
    const reached = steps.flatMap((step) => {
      const fault = faultNamed(step.fault);
      return fault.requires.includes(capability) ? fault.reach(fault.parse(step.params)) : [];
    });
    return ALL_COMPONENTS.filter((name) => reached.includes(name));
  };
  return { clocks: needing('set-clock'), disks: needing('fill-disk') };
}
