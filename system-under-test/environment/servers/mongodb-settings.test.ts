import { expect, test } from 'vitest';
import { replicaSetSettings } from './mongodb-settings.ts';

test('detection concerns a set of several members alone', () => {
  expect(replicaSetSettings(3, 'fast').electionTimeoutMillis).toBe(2_000);
  expect(replicaSetSettings(3, 'default')).toEqual({});
  expect(replicaSetSettings(1, 'default')).toEqual(replicaSetSettings(1, 'fast'));
});
