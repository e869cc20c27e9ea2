import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

test('a slow reader gets all of an output that is larger than a pipe', { timeout: 60_000 }, async () => {
  const chaos = spawn(process.execPath, ['cli/bin.js', 'run', 'saga-recovery', '--seed', '7', '--dry-run'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(chaos.stdout, 'readable');
  // Nobody reads while the command comes to its end: what the pipe cannot take must be waited for.
  await expect(once(chaos, 'exit', { signal: AbortSignal.timeout(2_000) })).rejects.toThrow('abort');
  const chunks: Buffer[] = [];
  for await (const chunk of chaos.stdout) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  expect(text.length).toBeGreaterThan(65_536);
  expect(JSON.parse(text)).toMatchObject({ schedule: { seed: 7 } });
});
