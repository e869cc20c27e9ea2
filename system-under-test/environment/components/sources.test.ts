import { expect, it } from 'vitest';
import { PUBLISHERS, TOPOLOGIES } from '../../contract/components.ts';
import { SOURCES, sourcesFor } from './sources.ts';

it('asks for a PostgreSQL whose slots survive a failover only where something reads its log through failovers', () => {
  const differing = TOPOLOGIES.flatMap((topology) =>
    PUBLISHERS.filter((publisher) => sourcesFor(topology, publisher).postgres !== SOURCES.postgres).map(
      (publisher) => `${topology} with ${publisher}`,
    ),
  );
  expect(differing).toEqual(['cluster with debezium']);
  expect(sourcesFor('cluster', 'debezium').postgres.neededVersion).toBe('17 or newer');
  expect(sourcesFor(undefined, undefined)).toBe(SOURCES);
});
