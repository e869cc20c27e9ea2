/** Settings of every PostgreSQL that we run, alone or under Patroni. Durable settings stay at their defaults. */
export const POSTGRES_SETTINGS: Readonly<Record<string, string | number>> = {
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '64MB',
  fsync: 'on',
  // Debezium reads the outbox from the log.
  wal_level: 'logical',
  // In the data folder: segments in /dev/shm would outlive a killed server for good.
  dynamic_shared_memory_type: 'mmap',
  // Log lines carry milliseconds, so that they can be laid beside a history.
  log_line_prefix: '%m [%p] %d ',
  log_checkpoints: 'off',
};
