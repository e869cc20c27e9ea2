/** Which half of a link is disturbed: `up` client to server, `down` server to client. */
export type Direction = 'both' | 'up' | 'down';

/**
 * What can be done to a link. Rates in bytes/s, sizes in bytes.
 * - `partition`: bytes stop, connections stay open and new ones are accepted; on healing, what was queued arrives.
 * - `cut`: open connections are closed, new ones are refused.
 * - `reset`: a connection ends without an answer as soon as bytes flow over it (RST for connections opened since).
 * - `latency`: a round trip takes `latencyMs` ± `jitterMs` longer, all of it on the way there (`up`) or back (`down`).
 * - `bandwidth`: at most so much per connection in each direction.
 * - `slice`: the stream arrives in pieces of about that size, `delayMs` apart.
 */
export type LinkDisturbance =
  | { readonly kind: 'partition'; readonly direction: Direction }
  | { readonly kind: 'cut' }
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'latency';
      readonly latencyMs: number;
      readonly jitterMs: number;
      readonly direction: Exclude<Direction, 'both'>;
    }
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  | { readonly kind: 'slice'; readonly averageSizeBytes: number; readonly delayMs: number };
