/**
 * Which subscriptions a record reaches: filters found by what the record has, without asking each. Tables and indexes are safe on any
 * thread: changes exclude each other, reading takes no lock.
 */
@NullMarked
package io.tributary.core.routing;

import org.jspecify.annotations.NullMarked;
