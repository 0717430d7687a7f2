/** Records in and out: Produce, Fetch, ListOffsets, DeleteRecords. Called on the connection's event loop. */
@NullMarked
package io.tributary.protocol.kafka.handler.records;

import org.jspecify.annotations.NullMarked;
