package io.tributary.protocol.kafka.coordinator.transaction;

import java.time.Duration;

/**
 * How transactions are coordinated.
 *
 * @param statePartitions of the topic that keeps the state, when it is made
 * @param maxTimeout      the longest time that a producer may ask for
 * @param timeoutCheck    how often it is looked for transactions whose time is over
 * @param idExpiration    how long an identifier without a transaction is remembered
 * @param expirationCheck how often it is looked for such identifiers
 * @param maxIds          transactional identifiers that a namespace may have
 */
public record TransactionSettings(int statePartitions, Duration maxTimeout, Duration timeoutCheck, Duration idExpiration,
                                  Duration expirationCheck, int maxIds) {
}
