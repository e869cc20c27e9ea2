import { componentsOf, declarationOf, linksOf } from '#sut/contract/components.ts';

/** Components of the compact topology that a fault may hit: all but the outside world, whose ledgers are evidence. */
export const COMPACT_COMPONENTS = componentsOf('compact').filter((name) => declarationOf(name).kind !== 'witness');
export const COMPACT_LINKS = linksOf('compact').map(({ name }) => name);
export const COMPACT_BLAST_RADIUS: readonly string[] = [...COMPACT_COMPONENTS, ...COMPACT_LINKS];
