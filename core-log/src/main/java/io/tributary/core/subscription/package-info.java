/**
 * Queue subscriptions: cursors over the log, dispatch, acknowledgement, redelivery. A subscription belongs to one loop
 * ({@link io.tributary.core.subscription.loop.DispatchLoop}); its state, and everything here that does not say otherwise, is touched by
 * that loop's thread alone, and calls from outside become tasks of the loop.
 */
@NullMarked
package io.tributary.core.subscription;

import org.jspecify.annotations.NullMarked;
