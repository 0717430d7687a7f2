/**
 * The metadata store of one process, in RocksDB. Calls come from any thread and run on the store's own.
 */
@NullMarked
package io.tributary.core.metadata.rocksdb;

import org.jspecify.annotations.NullMarked;
