package io.tributary.core.security;

/** What may be allowed or not. Kafka's operations under Kafka's names; the other protocols ask for the first six. */
public enum Operation {
    READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE,
    /** What brokers do among themselves; no client is asked for it. */
    CLUSTER_ACTION,
    DESCRIBE_CONFIGS, ALTER_CONFIGS,
    /** Of the cluster: to write idempotently. Who may write to any topic needs it not. */
    IDEMPOTENT_WRITE
}
