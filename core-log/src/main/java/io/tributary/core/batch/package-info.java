/**
 * Kafka v2 record batches (KIP-98): header fields, validation, encoding, decoding. The one package that names Kafka's record classes.
 * Pure functions on the caller's thread; builders belong to one thread.
 */
@NullMarked
package io.tributary.core.batch;

import org.jspecify.annotations.NullMarked;
