/**
 * What protocols see of the broker: asynchronous and location-transparent. No method blocks; callbacks run on core threads and must not
 * block.
 */
@NullMarked
package io.tributary.core.api;

import org.jspecify.annotations.NullMarked;
