import { expect, it } from 'vitest';
import { proxiedBytes } from './proxied-bytes.ts';

const METRICS = `# HELP toxiproxy_proxy_received_bytes_total
# TYPE toxiproxy_proxy_received_bytes_total counter
toxiproxy_proxy_received_bytes_total{direction="downstream",listener="127.0.0.1:1",proxy="a->b",upstream="127.0.0.1:2"} 7
toxiproxy_proxy_received_bytes_total{direction="upstream",listener="127.0.0.1:1",proxy="a->b",upstream="127.0.0.1:2"} 1.5e+06
toxiproxy_proxy_received_bytes_total{direction="upstream",listener="127.0.0.1:1",proxy="a->b",upstream="127.0.0.1:3"} 10
toxiproxy_proxy_received_bytes_total{direction="upstream",listener="127.0.0.1:1",proxy="quo\\"te",upstream="127.0.0.1:3"} 3
toxiproxy_proxy_sent_bytes_total{direction="downstream",listener="127.0.0.1:1",proxy="a->b",upstream="127.0.0.1:2"} 99
`;

it('adds up received bytes per proxy and direction, and nothing else', () => {
  expect(proxiedBytes(METRICS)).toEqual(
    new Map([
      ['a->b', { up: 1_500_010, down: 7 }],
      ['quo"te', { up: 3, down: 0 }],
    ]),
  );
});

it('finds nothing in an empty page', () => {
  expect(proxiedBytes('')).toEqual(new Map());
});
