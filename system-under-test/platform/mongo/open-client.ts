import { MongoClient } from 'mongodb';

/**
 * Settings of every connection to MongoDB, with their reasons.
 *
 * A network partition freezes a connection without closing it: `socketTimeoutMS` is how long an operation may stay
 * unanswered, and choosing a server, connecting and waiting for a pooled connection fail sooner than that, so that
 * nobody queues behind a database that is away. Majority on both sides: what was acknowledged survives a failover,
 * and what was read can not be rolled back.
 */
export function openClient(options: { readonly url: string; readonly service: string }): MongoClient {
  return new MongoClient(options.url, {
    appName: options.service,
    maxPoolSize: 16,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    waitQueueTimeoutMS: 2_000,
    socketTimeoutMS: 4_000,
    heartbeatFrequencyMS: 1_000,
    minHeartbeatFrequencyMS: 200,
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority' },
  });
}
