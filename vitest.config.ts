import { defineConfig } from 'vitest/config';

// A test's suffix states its cost: `.test.ts` is pure and fast, `.integration.test.ts` starts one real
// component, `.e2e.test.ts` drives the whole system. Two are no part of `npm test`: `.cluster.test.ts` drives the cluster
// topology (`npm run cluster`: some 45 processes), `.defects.test.ts` runs every planted bug (`npm run defects`: about an hour).
// The slow ones run one file at a time: they own ports, processes and both cores.
const slow = {
  setupFiles: ['system-under-test/platform/kafka/rest-idle-connections.ts'],
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 180_000,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Property tests on a busy machine.
          testTimeout: 30_000,
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.{integration,e2e,cluster,defects}.test.ts'],
        },
      },
      {
        test: { name: 'integration', include: ['**/*.integration.test.ts'], exclude: ['**/node_modules/**'], ...slow },
      },
      {
        test: {
          name: 'cluster',
          include: ['**/*.cluster.test.ts'],
          exclude: ['**/node_modules/**'],
          ...slow,
          testTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'defects',
          include: ['**/*.defects.test.ts'],
          exclude: ['**/node_modules/**'],
          ...slow,
          testTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          exclude: ['**/node_modules/**'],
          ...slow,
          testTimeout: 600_000,
        },
      },
    ],
  },
});
