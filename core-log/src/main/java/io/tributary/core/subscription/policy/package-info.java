/** What bounds and ends a subscription and its records, as far as it can be said without the subscription. Used on its loop. */
@NullMarked
package io.tributary.core.subscription.policy;

import org.jspecify.annotations.NullMarked;
