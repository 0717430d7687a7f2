/** The schedule's index in RocksDB. Belongs to the schedule's thread; calls block. */
@NullMarked
package io.tributary.core.schedule.rocksdb;

import org.jspecify.annotations.NullMarked;
