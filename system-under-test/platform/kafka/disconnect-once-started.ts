import type { Consumer } from 'kafkajs';

/**
 * Leaves the group and disconnects once `start` (`connect`, `subscribe` and `run`) has ended, either way. Told earlier, kafkajs
 * (2.2.4) forgets what it is starting: that joins the group all the same and polls for ever, and no later call stops it. A start
 * may take long, so bound the wait; what ends after that is still disconnected.
 */
export async function disconnectOnceStarted(
  consumer: Pick<Consumer, 'disconnect'>,
  start: Promise<unknown>,
): Promise<void> {
  await start.catch(() => {});
  await consumer.disconnect();
}
