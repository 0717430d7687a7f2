/**
 * Where the bytes of segments live, behind one interface. A log is written by one thread, its log thread, through that thread's lane; it
 * is read by any thread that may block.
 */
@NullMarked
package io.tributary.core.store;

import org.jspecify.annotations.NullMarked;
