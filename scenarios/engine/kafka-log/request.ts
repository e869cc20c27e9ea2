import { WireWriter } from './wire.ts';

const CLIENT_ID = 'chaos-log-reader';

/** Begins a request (Kafka protocol, request header version 1). */
export const requestHeader = (
  api: { readonly key: number; readonly version: number },
  correlationId: number,
): WireWriter => new WireWriter().int16(api.key).int16(api.version).int32(correlationId).string(CLIENT_ID);

/** Requests name each topic once, with its partitions. */
export function byTopic<P extends { readonly topic: string }>(
  positions: readonly P[],
): readonly [string, readonly P[]][] {
  return [...Map.groupBy(positions, ({ topic }) => topic)];
}
