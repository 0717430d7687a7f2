/**
 * The partition log over any segment store. A log is changed by the one log thread that it is bound to, through that thread's mailbox,
 * and read on any thread; callbacks of appends and listeners run on the log thread.
 */
@NullMarked
package io.tributary.core.log;

import org.jspecify.annotations.NullMarked;
