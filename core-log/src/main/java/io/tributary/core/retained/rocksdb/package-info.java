/** The view of the retained values in RocksDB. Calls block. */
@NullMarked
package io.tributary.core.retained.rocksdb;

import org.jspecify.annotations.NullMarked;
