/**
 * Delayed publishing: a record that is not due waits in the topic {@code __schedule} and is appended to its own topic when it is. One
 * thread, {@code tributary-schedule}, follows that topic's log into the index, fires what is due and serves cancels and listings; it alone
 * may block. What publishes runs on the caller's thread.
 */
@NullMarked
package io.tributary.core.schedule;

import org.jspecify.annotations.NullMarked;
