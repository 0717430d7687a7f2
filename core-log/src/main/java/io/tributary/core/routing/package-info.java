/**
 * Which subscriptions a record reaches. Tables are safe on any thread; reading one takes no lock.
 */
@NullMarked
package io.tributary.core.routing;

import org.jspecify.annotations.NullMarked;
