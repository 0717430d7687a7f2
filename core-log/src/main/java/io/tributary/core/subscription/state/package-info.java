/**
 * What is written of a subscription and how: its definition, and where it stands in each partition. Values without threads of their own;
 * what can be changed belongs to the subscription's loop.
 */
@NullMarked
package io.tributary.core.subscription.state;

import org.jspecify.annotations.NullMarked;
