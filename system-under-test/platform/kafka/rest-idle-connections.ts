import { createRequire } from 'node:module';

/** What kafkajs 2.2.4 keeps for each connection; not part of its public types. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  /** Until when the broker wants no requests, in ms since the epoch; −1: it never asked for that. */
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const OVERLOADED_LOOK_MS = 10;

/**
 * Importing this repairs kafkajs for the whole process: without it every connection wakes up each millisecond (757 times
 * a second, measured) to look at an empty queue, with a negative delay that Node reports
 * (github.com/tulios/kafkajs/issues/1704, 1751). A queue without pending requests needs no timer, as `push` sets one.
 */
function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
  const throttledMs = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : OVERLOADED_LOOK_MS,
  );
}

const { prototype }: { readonly prototype: RequestQueue } = createRequire(import.meta.url)(
  'kafkajs/src/network/requestQueue',
);
if (typeof prototype.scheduleCheckPendingRequests !== 'function') {
  throw new Error('kafkajs has changed: see whether its request queue still polls, and adapt rest-idle-connections.ts');
}
prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
