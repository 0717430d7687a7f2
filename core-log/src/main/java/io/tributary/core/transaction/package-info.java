/**
 * Transactions over partitions and acknowledgements, on the log's transactional batches and markers. Nothing here blocks; stages complete
 * on the core's threads.
 */
@NullMarked
package io.tributary.core.transaction;

import org.jspecify.annotations.NullMarked;
