import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startService } from '../testing/start-service.ts';

it('keeps what a process compiled although it is killed', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'compile-cache-'));
  await using acquirer = await startService('acquirer', { DATA_DIR: folder.path, NODE_COMPILE_CACHE: folder.path });
  await acquirer.kill();
  const kept = await readdir(folder.path, { recursive: true });
  expect(kept.length).toBeGreaterThan(50);
});
