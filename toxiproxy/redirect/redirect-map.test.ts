import { describe, expect, it } from 'vitest';
import { parseRedirectSettings, RedirectMap, type RedirectSettings } from './redirect-map.ts';

const SETTINGS: RedirectSettings = {
  client: 'payment',
  links: [
    { name: 'payment->postgres', host: 'localhost', port: 5432, proxyPort: 25_432 },
    { name: 'payment->bank', host: 'Bank.Test', port: 443, proxyPort: 20_443 },
  ],
  allowed: ['localhost:4318'],
};

describe('RedirectMap', () => {
  const map = new RedirectMap(SETTINGS);

  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.0.1.1', '::1', '::ffff:127.0.0.1', '0.0.0.0', '', undefined])(
    'takes %s for loopback',
    (host) => {
      expect(map.route(host, 5432)).toEqual({ kind: 'redirect', proxyPort: 25_432 });
    },
  );

  it('redirects another host by its name', () => {
    expect(map.route('bank.test', 443)).toEqual({ kind: 'redirect', proxyPort: 20_443 });
    expect(map.route('localhost', 443)).toEqual({ kind: 'bypass', target: 'localhost:443' });
  });

  it('lets allowed targets and the proxies themselves pass', () => {
    expect(map.route('127.0.0.1', 4318)).toEqual({ kind: 'direct' });
    expect(map.route('::1', 25_432)).toEqual({ kind: 'direct' });
  });

  it.each(['10.0.0.7', '1270.0.0.1', 'localhost.evil.test'])('calls %s a bypass', (host) => {
    expect(map.route(host, 5432)).toEqual({ kind: 'bypass', target: `${host}:5432` });
  });

  it('refuses two links to one address', () => {
    const twice = { name: 'payment->copy', host: '127.0.0.1', port: 5432, proxyPort: 25_433 };
    expect(() => new RedirectMap({ ...SETTINGS, links: [...SETTINGS.links, twice] })).toThrow(/two links of payment/);
  });
});

describe('parseRedirectSettings', () => {
  it('reads back what was written', () => {
    expect(parseRedirectSettings(JSON.stringify(SETTINGS))).toEqual(SETTINGS);
    const { allowed: _, ...rest } = SETTINGS;
    expect(parseRedirectSettings(JSON.stringify(rest))).toEqual(rest);
  });

  it.each([
    ['null', 'the value must be an object, not null'],
    ['{"client":"","links":[]}', 'client must be a text'],
    ['{"client":"a"}', 'links must be an array'],
    ['{"client":"a","links":[{"name":"n","host":"h","port":0,"proxyPort":1}]}', 'links[0].port must be a port, not 0'],
    ['{"client":"a","links":[],"allowed":"x"}', 'allowed must be an array'],
  ])('names the wrong field of %s', (json, message) => {
    expect(() => parseRedirectSettings(json)).toThrow(message);
  });
});
