import { expect, test } from 'vitest';
import { startServer } from '../testing/start-server.ts';

test('Toxiproxy tells its version and comes back without proxies after kill -9', async () => {
  await using toxiproxy = await startServer('toxiproxy');
  const proxies = async () => Object.keys(Object(await (await fetch(`${toxiproxy.url}/proxies`)).json()));
  expect(await (await fetch(`${toxiproxy.url}/version`)).text()).toContain('2.5.0');
  const proxy = { name: 'a->b', listen: '127.0.0.1:0', upstream: '127.0.0.1:1' };
  await fetch(`${toxiproxy.url}/proxies`, { method: 'POST', body: JSON.stringify(proxy) });
  expect(await proxies()).toEqual(['a->b']);
  await toxiproxy.restart();
  expect(await proxies()).toEqual([]);
});
