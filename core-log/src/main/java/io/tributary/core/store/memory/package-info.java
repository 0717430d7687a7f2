/**
 * Segments in memory, for transient topics; gone with the process. Written by a log's thread, read by any.
 */
@NullMarked
package io.tributary.core.store.memory;

import org.jspecify.annotations.NullMarked;
