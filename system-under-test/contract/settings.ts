/**
 * Environment variables that a service reads at start. Addresses name the real servers; a service does not know
 * whether something stands in between. Everything ending in `_MS` is milliseconds.
 */
export const SETTINGS = {
  name: 'SERVICE_NAME',
  /** Distinguishes replicas of one service, e.g. `orchestrator-1`. */
  instance: 'SERVICE_INSTANCE',
  port: 'PORT',
  /** Of a cluster: HAProxy's, which leads to the primary. */
  postgresUrl: 'POSTGRES_URL',
  /** Names every member of the replica set. */
  mongodbUrl: 'MONGODB_URL',
  /** `host:port` of each broker, separated by commas. */
  kafkaBrokers: 'KAFKA_BROKERS',
  /** One URL; of a cluster those of all nodes, separated by commas. */
  redisUrl: 'REDIS_URL',
  /** `<COMPONENT>_URL`, e.g. ORDER_URL, ACQUIRER_URL, MESSAGE_PROVIDER_URL. */
  peerUrl: (component: string): string => `${component.toUpperCase().replaceAll('-', '_')}_URL`,
  /** Folder of a witness's durable ledger. */
  dataDir: 'DATA_DIR',
  /** How long a witness takes for one request, besides its ledger. */
  processingDelayMs: 'PROCESSING_DELAY_MS',
  /** What a user may spend who has no profile, minor units. */
  defaultSpendingLimitMinor: 'DEFAULT_SPENDING_LIMIT_MINOR',
  /** `relay` (default) or `debezium`: who brings outbox rows to their topics. */
  outboxPublisher: 'OUTBOX_PUBLISHER',
  logLevel: 'LOG_LEVEL',
  stepTimeoutMs: 'SAGA_STEP_TIMEOUT_MS',
  reservationTtlMs: 'RESERVATION_TTL_MS',
  /** Requests for one service that the gateway has under way at once, and how many more may wait for a place. */
  gatewayMaxRunning: 'GATEWAY_MAX_RUNNING',
  gatewayMaxWaiting: 'GATEWAY_MAX_WAITING',
  otlpEndpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT',
} as const;

/** Production defaults of the tunables above. */
export const SETTING_DEFAULTS = {
  stepTimeoutMs: 5_000,
  reservationTtlMs: 15 * 60_000,
  processingDelayMs: 6,
  defaultSpendingLimitMinor: 1_000_000_00,
  // More at once make each slower: of 128 none was answered within a client's 3 s once a busy cluster had fallen behind, for two minutes.
  gatewayMaxRunning: 32,
  gatewayMaxWaiting: 128,
} as const;
