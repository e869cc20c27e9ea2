/** One line of `CLUSTER NODES`, as far as it matters here. */
export interface RedisNodeView {
  readonly id: string;
  readonly port: number;
  readonly isMyself: boolean;
  readonly isMaster: boolean;
  /** Others, or enough others, say that it is gone. */
  readonly isFailing: boolean;
  /** First and last slot of each range that it serves. */
  readonly slots: readonly (readonly [first: number, last: number])[];
}

/**
 * Parses `CLUSTER NODES`: `<id> <ip:port@bus[,host]> <flags> <master> <ping> <pong> <epoch> <link> <slot range>…`. Ranges
 * in brackets are slots under migration and belong to nobody else yet.
 */
export const parseRedisNodes = (text: string): readonly RedisNodeView[] =>
  text
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter((fields) => fields.length >= 8)
    .map(([id = '', address = '', flagText = '', , , , , , ...ranges]) => {
      const flags = flagText.split(',');
      return {
        id,
        port: Number(/:(\d+)/.exec(address)?.[1] ?? 0),
        isMyself: flags.includes('myself'),
        isMaster: flags.includes('master'),
        isFailing: flags.includes('fail') || flags.includes('fail?'),
        slots: ranges
          .filter((range) => !range.startsWith('['))
          .map((range) => range.split('-').map(Number))
          .map(([first = 0, last = first]) => [first, last] as const),
      };
    });

export const servesSlot = (node: RedisNodeView, slot: number): boolean =>
  node.slots.some(([first, last]) => first <= slot && slot <= last);
