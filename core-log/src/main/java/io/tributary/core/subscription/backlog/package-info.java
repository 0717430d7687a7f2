/**
 * What a source wants of its partition, and how much of that waits. Values without threads of their own; they belong to the subscription's
 * loop.
 */
@NullMarked
package io.tributary.core.subscription.backlog;

import org.jspecify.annotations.NullMarked;
