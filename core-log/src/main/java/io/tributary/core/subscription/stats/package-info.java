/**
 * What subscriptions count. Counters belong to a subscription's loop and may be read by any thread.
 */
@NullMarked
package io.tributary.core.subscription.stats;

import org.jspecify.annotations.NullMarked;
