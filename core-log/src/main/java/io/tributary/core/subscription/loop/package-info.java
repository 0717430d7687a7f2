/**
 * Threads that run many actors: each actor belongs to one loop, so that its state needs no locks. A loop may be given work from any
 * thread; timers belong to the loop's thread.
 */
@NullMarked
package io.tributary.core.subscription.loop;

import org.jspecify.annotations.NullMarked;
