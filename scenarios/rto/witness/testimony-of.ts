import type { Engine } from '#sut/contract/components.ts';
import { kafkaWitness } from './kafka-witness.ts';
import { mongodbWitness } from './mongodb-witness.ts';
import { patroniWitness } from './patroni-witness.ts';
import { redisWitness } from './redis-witness.ts';
import type { Incident, LogExcerpt, Testimony } from './testimony.ts';

const WITNESSES: Readonly<Record<Engine, (logs: readonly LogExcerpt[], incident: Incident) => Testimony>> = {
  kafka: kafkaWitness,
  mongodb: mongodbWitness,
  postgres: patroniWitness,
  redis: redisWitness,
};

/** What the logs of an engine's nodes say of a failover of its leader. Pure. */
export const testimonyOf = (logs: readonly LogExcerpt[], incident: Incident): Testimony =>
  WITNESSES[incident.engine](logs, incident);
