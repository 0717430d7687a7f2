/** Producers' identifiers and transactions: authorizes, and asks the transaction coordinator. Called on the connection's event loop. */
@NullMarked
package io.tributary.protocol.kafka.handler.transactions;

import org.jspecify.annotations.NullMarked;
