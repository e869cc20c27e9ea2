import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';
import { ALL_COMPONENTS } from '#sut/contract/components.ts';
import type { ComponentStatus, Environment } from '#sut/contract/environment.ts';

/** Parameters of a fault that hits one component. */
export const componentParamsSchema = z.strictObject({ component: z.enum(ALL_COMPONENTS) });
export type ComponentParams = z.infer<typeof componentParamsSchema>;

/** One of the targets that are components. */
export function drawComponent(targets: readonly string[]): Arbitrary<ComponentParams> {
  return fc
    .constantFrom(...ALL_COMPONENTS.filter((name) => targets.includes(name)))
    .map((component) => ({ component }));
}

export async function statusOf(environment: Environment, { component }: ComponentParams): Promise<ComponentStatus> {
  const status = (await environment.status()).find((one) => one.name === component);
  if (status === undefined) throw new Error(`the environment has no component ${component}`);
  return status;
}
